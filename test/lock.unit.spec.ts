import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const lockModule = join(dirname(import.meta.dirname), 'scripts', 'lock.mjs');

/** Enters, stays a moment so that others would overlap, leaves; each a line of one shared log. */
const CRITICAL = `
  const { withLock } = await import(process.argv[1]);
  const { appendFileSync } = await import('node:fs');
  await withLock(process.argv[2], async () => {
    appendFileSync(process.argv[3], 'in ' + process.pid + '\\n');
    await new Promise((resolve) => setTimeout(resolve, 30));
    appendFileSync(process.argv[3], 'out ' + process.pid + '\\n');
  });`;

let folder: string;
let lock: string;
let log: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hjemmel-lock-'));
  lock = join(folder, 'lock');
  log = join(folder, 'log');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('never are two inside at once, and all get their turn', async () => {
  await Promise.all([enter(), enter(), enter(), enter()]);
  expectNoOverlap(4);
  expect(existsSync(lock)).toBe(false);
});

test('one that waits says so once, and goes on when the holder leaves', async () => {
  writeFileSync(lock, String(process.pid));
  const output = await enter(() => rmSync(lock));
  expect(output.match(/waiting for it/g)).toHaveLength(1);
  expectNoOverlap(1);
});

test('the lock of a process that is gone is taken over, by one at a time', async () => {
  const gone = spawn(process.execPath, ['-e', '']);
  await once(gone, 'exit');
  writeFileSync(lock, String(gone.pid));
  await Promise.all([enter(), enter(), enter()]);
  expectNoOverlap(3);
});

test('a lock that its holder has long not touched is taken over: the id belongs to another process now', async () => {
  writeFileSync(lock, String(process.pid));
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(lock, longAgo, longAgo);
  await enter();
  expectNoOverlap(1);
});

/** @param onWaiting called when it says that it waits */
async function enter(onWaiting = (): void => {}): Promise<string> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', CRITICAL, lockModule, lock, log]);
  child.stderr.once('data', onWaiting);
  const [output, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect({ code, output: output.replace(/^Another .*\n/, '') }).toEqual({ code: 0, output: '' });
  return output;
}

function expectNoOverlap(times: number): void {
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  const pids = lines.filter((_, index) => index % 2 === 0).map((line) => line.replace('in ', ''));
  expect(lines).toEqual(pids.flatMap((pid) => [`in ${pid}`, `out ${pid}`]));
  expect(pids).toHaveLength(times);
}
