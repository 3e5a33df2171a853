import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { processIn, stopLeftover, writePidFile } from './pid-file.js';
import { identify } from './process-identity.js';

const WITHOUT_MERCY = "process.on('SIGTERM', () => {}); console.log('deaf')";

let folder: string;
let file: string;
let child: ChildProcess;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hjemmel-pid-'));
  file = join(folder, 'pid.json');
  child = await start('console.log("up")');
});

afterEach(() => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

test('the noted process is found while it runs and stopped', async () => {
  writePidFile(file, child.pid ?? 0);
  expect(processIn(file)?.pid).toBe(child.pid);
  const exit = once(child, 'exit');
  await stopLeftover(file, 10_000);
  expect(await exit).toEqual([null, 'SIGTERM']);
  expect(processIn(file)).toBeNull();
  expect(existsSync(file)).toBe(false);
});

test('one that does not heed SIGTERM is killed', async () => {
  child.kill('SIGKILL');
  child = await start(WITHOUT_MERCY);
  writePidFile(file, child.pid ?? 0);
  const exit = once(child, 'exit');
  await stopLeftover(file, 200);
  expect(await exit).toEqual([null, 'SIGKILL']);
});

test.each(['startTime', 'bootId'])('another process under the same id is left alone: %s differs', async (field) => {
  writePidFile(file, child.pid ?? 0);
  const note = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...note, [field]: '1' }));
  await stopLeftover(file, 10_000);
  expect(identify(child.pid ?? 0)).not.toBeNull();
  expect(existsSync(file)).toBe(false);
});

test('a note that a crash cut short names nobody', async () => {
  writeFileSync(file, '{"pid":');
  expect(processIn(file)).toBeNull();
  await stopLeftover(file, 10_000);
  expect(existsSync(file)).toBe(false);
});

/** A process that stays, once it has begun to run its program. */
async function start(program: string): Promise<ChildProcess> {
  const started = spawn(process.execPath, ['-e', `${program}; setInterval(() => {}, 60_000)`]);
  await once(started.stdout, 'data');
  return started;
}
