import { SettingsReader } from '#libs/service';
import type { Environment } from '#libs/service';

export interface ApiSettings {
  readonly mongodbUri: string;
  /** 0: chosen by the system. */
  readonly port: number;
  /** Memory for what was read of the log; 0: none, every answer is read anew. */
  readonly logCacheBytes: number;
}

const DEFAULT_PORT = 8_080;
const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024;
const MAX_CACHE_BYTES = 64 * 1024 ** 3;

/**
 * Reads the settings from environment variables.
 *
 * @throws SettingsError with every fault there is
 */
export function readSettings(env: Environment): ApiSettings {
  const from = new SettingsReader(env);
  return from.finish({
    mongodbUri: from.mongodbUri(),
    port: from.port() ?? DEFAULT_PORT,
    logCacheBytes: from.number('HJEMMEL_LOG_CACHE_BYTES', 0, MAX_CACHE_BYTES) ?? DEFAULT_CACHE_BYTES,
  });
}
