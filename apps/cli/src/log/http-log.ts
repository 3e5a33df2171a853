import { setTimeout as sleep } from 'node:timers/promises';
import type { LogFetch } from '#libs/trail';
import { UsageError } from '../usage-error.js';

/** A bundle of 256 entries of the greatest length; nothing of a log is larger. */
const MAX_BYTES = 256 * (2 + 65_535);
const TIMEOUT_MS = 30_000;
const PAUSES_MS = [200, 1_000, 3_000];
const GONE: ReadonlySet<number> = new Set([404, 410]);

/**
 * Reads what a log serves over HTTP.
 *
 * @param url the log's prefix, such as `https://audit.example.com/log`, or where `/log` is below it
 * @throws UsageError where there is no log, or it does not answer
 */
export async function openHttpLog(url: string): Promise<LogFetch> {
  const given = toPrefix(url);
  for (const prefix of [given, `${given}/log`]) {
    if ((await get(`${prefix}/checkpoint`)) !== null) return (path) => get(`${prefix}/${path}`);
  }
  throw new UsageError(`${url}: there is no log (neither /checkpoint nor /log/checkpoint)`);
}

function toPrefix(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new UsageError(`--url ${url} is no address; write it as https://audit.example.com/log`);
  }
  return `${parsed.origin}${parsed.pathname.replace(/\/+$/, '')}`;
}

/** Tries again where the server may be busy; null where it says that it does not have it. */
async function get(url: string): Promise<Buffer | null> {
  for (let attempt = 0; ; attempt++) {
    const answer = await tryGet(url);
    if (typeof answer !== 'string') return answer;
    const pause = PAUSES_MS[attempt];
    if (pause === undefined) throw new UsageError(`${url}: ${answer}`);
    await sleep(pause);
  }
}

/** What was served, null, or in words why it was not. */
async function tryGet(url: string): Promise<Buffer | null | string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.ok) return await body(response);
    await response.body?.cancel();
    return GONE.has(response.status) ? null : `the server answers ${response.status}`;
  } catch (error) {
    return error instanceof TooLong ? error.message : 'the server does not answer';
  }
}

class TooLong extends Error {}

async function body(response: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += (part as Uint8Array).length;
    if (length > MAX_BYTES) throw new TooLong('the server sends more than a log ever holds in one piece');
    parts.push(part as Uint8Array);
  }
  return Buffer.concat(parts);
}
