import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { packageFile } from '#libs/register';
import { userPath } from './paths.js';
import { UsageError } from './usage-error.js';

/** Whom a command acts as in MongoDB; each role has a user of its own (docs/operations.md). */
export type Role = 'admin' | 'api' | 'investigator' | 'notary' | 'pruner';

/** What `npm start` leaves for commands that are run beside it; elsewhere where it has its data in another folder. */
const GIVEN_FILE = process.env['HJEMMEL_LOCAL_SETTINGS']?.trim();
const LOCAL_FILE = GIVEN_FILE ? userPath(GIVEN_FILE) : packageFile('.local', 'data', 'settings.env');

let local: NodeJS.Dict<string> | null = null;

/** A setting: from the environment, else from the local stack, where no server is named in the environment. */
export function setting(name: string): string | undefined {
  return process.env[name]?.trim() || (usesLocalStack() ? localSettings()[name] : undefined) || undefined;
}

/**
 * The connection string to act as `role` with: `MONGODB_URI`, else that of the local stack.
 *
 * @throws UsageError where there is neither
 */
export function mongodbUri(role: Role): string {
  const uri = process.env['MONGODB_URI']?.trim() || localSettings()[`HJEMMEL_LOCAL_URI_${role.toUpperCase()}`];
  if (!uri) throw new UsageError('MONGODB_URI is not set, and there is no local stack: set it, or run `npm start`.');
  return uri;
}

function usesLocalStack(): boolean {
  if (GIVEN_FILE) return true;
  return !process.env['MONGODB_URI']?.trim() && !process.env['KAFKA_BROKERS']?.trim();
}

function localSettings(): NodeJS.Dict<string> {
  local ??= existsSync(LOCAL_FILE) ? parseEnv(readFileSync(LOCAL_FILE, 'utf8')) : {};
  return local;
}
