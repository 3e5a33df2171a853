/** The whole product on this machine, with servers and data of its own, and traffic that does not end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from 'node:util';

const START_MS = 300_000;
const STOP_MS = 60_000;

/**
 * Starts it and waits until the log can be read.
 *
 * @param {string} root of the repository
 * @param {number} rate events a second
 * @throws {Error} when it ends before, or takes too long; the message ends with its output
 */
export async function startStack(root, rate) {
  const data = mkdtempSync(join(tmpdir(), 'hjemmel-outside-'));
  const settingsFile = join(data, 'settings.env');
  const args = [join(root, 'scripts', 'start.mjs'), '--data', data, '--rate', String(rate), '--seed', '1'];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output = (output + text).slice(-2_000)));
  }
  const ended = once(child, 'close');
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    for (const started = Date.now(); !existsSync(settingsFile); await sleep(200)) {
      const fault = child.exitCode !== null ? 'ended' : Date.now() - started > START_MS ? 'did not start' : null;
      if (fault !== null) throw new Error(`The product ${fault} before its log could be read:\n${output}`);
    }
    const settings = parseEnv(readFileSync(settingsFile, 'utf8'));
    return {
      /** Folder with its data. */
      data,
      settingsFile,
      url: settings.HJEMMEL_LOG_URL,
      verifierKey: settings.HJEMMEL_LOG_KEY.split(',')[0],
      /** The secret one, as it is kept between starts. */
      signerKey: readFileSync(join(data, 'keys', 'signing.key'), 'utf8').trim(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
