import { isIP } from 'node:net';
import { SettingsReader } from '#libs/service';
import type { Environment } from '#libs/service';
import { accessSettings } from './access/access-settings.js';
import type { AccessSettings } from './access/access-settings.js';
import type { HttpSettings } from './http/install.js';

export interface ApiSettings {
  readonly mongodbUri: string;
  /** 0: chosen by the system. */
  readonly port: number;
  /** Memory for what was read of the log; 0: none, every answer is read anew. */
  readonly logCacheBytes: number;
  /** null: nobody has access to what is not public. */
  readonly access: AccessSettings | null;
  readonly http: HttpSettings;
  /** Directory of register files; null: those that ship. */
  readonly registers: string | null;
}

const DEFAULT_PORT = 8_080;
const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024;
const MAX_CACHE_BYTES = 64 * 1024 ** 3;
/** Requests a minute: a page that is used hurriedly makes some hundred. */
const DEFAULT_RATE_LIMIT = 600;
const MAX_RATE_LIMIT = 1_000_000;

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
    access: accessSettings(from),
    http: httpSettings(from),
    registers: from.text('HJEMMEL_REGISTERS'),
  });
}

function httpSettings(from: SettingsReader): HttpSettings {
  const trustedProxies = from.list('HJEMMEL_TRUSTED_PROXIES');
  if (trustedProxies.some((proxy) => !isSubnet(proxy))) {
    from.fault('HJEMMEL_TRUSTED_PROXIES: give addresses or subnets such as 10.0.0.0/8, separated by commas.');
  }
  return {
    rateLimit: from.number('HJEMMEL_RATE_LIMIT', 1, MAX_RATE_LIMIT) ?? DEFAULT_RATE_LIMIT,
    dashboard: from.text('HJEMMEL_DASHBOARD'),
    trustedProxies,
  };
}

/** Whether a text is an IP address, with or without a prefix length. */
function isSubnet(text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  return (
    isIP(address) !== 0 &&
    more.length === 0 &&
    (length === undefined || (/^\d+$/.test(length) && Number(length) <= bits))
  );
}
