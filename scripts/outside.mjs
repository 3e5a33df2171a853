/**
 * Programs that no one here wrote, or that rest on such, verifying the public log: tessera's fsck, and a checker on
 * golang.org/x/mod/sumdb (test/outside). Both come through the Go module proxy, at the versions that go.sum pins.
 */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap.mjs';
import { capture, runStep } from './step.mjs';

const module = join(root, 'test', 'outside');
const home = join(root, '.local', 'outside');

/** What fsck logs before each of its lines: level, date, time, thread, place. */
const LOG_PREFIX = /^[IWEF]\d{4} [\d:.]+\s+\d+ [^\]]+\] /;
const ACCEPTED_BY_FSCK = /^Successfully fsck'd log with size \d+ /;
const MAX_LINE = 300;
const TIME_LIMIT_MS = 120_000;

/**
 * Builds both programs; where nothing changed since the last time that takes a second.
 *
 * @returns {Promise<{ checker: string, fsck: string } | null>} their paths, or null where Go is not installed
 * @throws {StepError} when they cannot be built
 */
export async function outsideVerifiers() {
  const { code } = await capture('go', ['version'], { cwd: root, env: process.env });
  if (code !== 0) return null;
  mkdirSync(home, { recursive: true });
  const checker = join(home, 'checker');
  const fsck = join(home, 'fsck');
  await build('the checker', checker, './checker');
  await build("tessera's fsck", fsck, 'github.com/transparency-dev/tessera/cmd/fsck');
  return { checker, fsck };
}

function build(title, program, source) {
  return runStep({
    title: `Building ${title} (Go)`,
    command: 'go',
    args: ['build', '-o', program, source],
    cwd: module,
    log: join(home, 'build.log'),
    failed: `Could not build ${title}. Connect to the Go module proxy and run the command again.`,
  });
}

/**
 * Has fsck read a whole log. It exits with 0 whatever it finds, so its last line counts; and it may hang where it finds
 * something, so its time is limited.
 *
 * @param {string} fsck path of the program
 * @param {{ url: string, key: string, timeLimitMs?: number }} log `url` is what `/checkpoint` is under, `key` a file
 *   with its one verifier key
 * @returns {Promise<{ ok: boolean, lastLine: string }>}
 */
export async function runFsck(fsck, { url, key, timeLimitMs = TIME_LIMIT_MS }) {
  const args = [`-storage_url=${url}`, `-public_key=${key}`, '-ui=false', '-N=512'];
  const { code, lines } = await runLimited(fsck, args, timeLimitMs);
  // A line of its log may go on over further ones, with all bytes of a tile; behind a panic there are traces.
  const said = lines.findLast((line) => LOG_PREFIX.test(line) || line.startsWith('panic: ')) ?? lines.at(-1) ?? '';
  const lastLine = said.replace(LOG_PREFIX, '').slice(0, MAX_LINE);
  return { ok: code === 0 && ACCEPTED_BY_FSCK.test(lastLine), lastLine };
}

/**
 * Has the checker read a whole log, or verify a tlog-proof offline.
 *
 * @param {string} checker path of the program
 * @param {{ key: string, url?: string, held?: string, save?: string, proof?: string, entry?: string,
 *   timeLimitMs?: number }} what files, but `url`: `key` with verifier keys one a line; `held` with an older
 *   checkpoint that the log must continue; `save` to be written; or `proof` with `entry` (else the proof's extra data)
 * @returns {Promise<{ ok: boolean, lastLine: string }>}
 */
export async function runChecker(checker, { timeLimitMs = TIME_LIMIT_MS, ...what }) {
  const args = Object.entries(what).map(([name, value]) => `-${name}=${value}`);
  const { code, lines } = await runLimited(checker, args, timeLimitMs);
  const lastLine = (lines.at(-1) ?? '').slice(0, MAX_LINE);
  return { ok: code === 0 && lastLine.startsWith('ACCEPTED: '), lastLine };
}

/** Resolves with the exit code (null: killed, or not found) and the lines of both outputs that are not empty. */
function runLimited(program, args, timeLimitMs) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      output += `\nno result within ${timeLimitMs / 1000} s`;
    }, timeLimitMs);
    const end = (code) => {
      clearTimeout(timer);
      resolve({ code, lines: output.split('\n').filter((line) => line.trim() !== '') });
    };
    child.on('error', (error) => {
      output += `\n${error.message}`;
      end(null);
    });
    child.on('close', end);
  });
}
