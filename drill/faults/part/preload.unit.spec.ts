import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';

/** What is loaded ahead of a program under drill, as Node itself reads it. */
const folder = mkdtempSync(join(tmpdir(), 'hjemmel-preload-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HOUR = 3_600_000;

function withPreload(name: string, script: string): string[] {
  return ['--disable-warning=ExperimentalWarning', '--import', join(import.meta.dirname, `${name}.ts`), '-e', script];
}

test.each([5 * HOUR, -5 * HOUR])('the clock is wrong by %d ms, however it is asked', (offset) => {
  const file = join(folder, 'clock');
  writeFileSync(file, String(offset));
  const script = `console.log(JSON.stringify([Date.now(), +new Date(), new Date(0).toISOString(), new Date() instanceof Date]))`;
  const env = { ...process.env, NODE_OPTIONS: '', DRILL_CLOCK_FILE: file };
  const said = execFileSync(process.execPath, withPreload('clock', script), { env }).toString();
  const [now, made, epoch, isDate] = JSON.parse(said) as [number, number, string, boolean];
  expect(Math.abs(now - Date.now() - offset)).toBeLessThan(60_000);
  expect(Math.abs(made - now)).toBeLessThan(1_000);
  expect([epoch, isDate]).toEqual(['1970-01-01T00:00:00.000Z', true]);
});

test.each([
  'net.connect({ port: 1, host: "127.0.0.1" })',
  'net.connect(1, "127.0.0.1")',
  'new net.Socket().connect({ port: 1 })',
])('%s goes where it is diverted to', async (connecting) => {
  const server = createServer((socket) => socket.end('diverted'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const script = `const net = require('node:net'); ${connecting}.on('data', (chunk) => console.log(chunk.toString()));`;
  const env = { ...process.env, NODE_OPTIONS: '', DRILL_DIVERT: JSON.stringify({ 1: port }) };
  const { stdout } = await promisify(execFile)(process.execPath, withPreload('divert', script), { env });
  server.close();
  expect(stdout).toBe('diverted\n');
});
