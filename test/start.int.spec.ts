import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { packageFile } from '#libs/register';

/** `npm start` as a newcomer runs it, on the compiled code, with servers and data of its own. */
const data = mkdtempSync(join(tmpdir(), 'hjemmel-start-'));
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

interface Started {
  readonly child: ChildProcess;
  /** Resolves with the match once the output matches. */
  output(pattern: RegExp): Promise<RegExpExecArray>;
  /** Resolves with the exit code (null: killed) and all output. */
  end(): Promise<{ code: number | null; text: string }>;
}

function start(...args: string[]): Started {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=TimeoutNegativeWarning',
      packageFile('dist', 'apps', 'local', 'src', 'main.js'),
      '--data',
      data,
      ...args,
    ],
    { env: { PATH: process.env['PATH'], HOME: process.env['HOME'] }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  running.add(child);
  let text = '';
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child);
    return { code: code as number | null, text };
  });
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return {
    child,
    end: () => ended,
    async output(pattern) {
      for (;;) {
        const match = pattern.exec(text);
        if (match !== null) return match;
        const more = await Promise.race([
          ended,
          once(child.stdout ?? child, 'data'),
          once(child.stderr ?? child, 'data'),
        ]);
        if (!Array.isArray(more)) throw new Error(`it ended before it printed ${String(pattern)}:\n${text}`);
      }
    },
  };
}

function auditorPid(): number {
  const { pid } = JSON.parse(readFileSync(join(data, 'apps', 'auditor-1.pid.json'), 'utf8')) as { pid: number };
  return pid;
}

describe('npm start -- --once', () => {
  test('every event has one entry, also when the auditor is killed in the middle', async () => {
    const run = start('--once', '--events', '6000', '--seed', '1');
    await run.output(/in the trail [1-9]/);
    process.kill(auditorPid(), 'SIGKILL');
    const { code, text } = await run.end();
    expect(text).toContain('events published   6,000\n');
    expect(text).toContain('events judged      6,000\n');
    expect(text).toContain('Every published event has exactly one entry in the trail.');
    expect(code).toBe(0);
  }, 180_000);

  test('goes on where a start that was killed left off', async () => {
    const killed = start('--once', '--events', '6000', '--seed', '2');
    await killed.output(/published [1-9]/);
    killed.child.kill('SIGKILL');
    await killed.end();

    const { code, text } = await start('--once', '--events', '500', '--seed', '3').end();
    expect(text).toContain('events judged      500\n');
    expect(text).toMatch(/whole trail {8}[\d,]+ entries in \d+ blocks, hashes and offsets checked/);
    expect(code).toBe(0);
  }, 180_000);

  test('stops on SIGTERM', async () => {
    const run = start('--rate', '200', '--seed', '4');
    await run.output(/in the trail [1-9]/);
    run.child.kill('SIGTERM');
    expect(await run.end()).toMatchObject({ code: 0 });
  }, 180_000);

  test.each([
    [
      ['--events', 'many'],
      /^error: option '--events <N>' argument 'many' is invalid\. It is a whole number from 1\.\n/,
    ],
    [['--evnts', '5'], /^error: unknown option '--evnts'/],
  ])('exits 2 for %j', async (args, message) => {
    const { code, text } = await start(...args).end();
    expect(code).toBe(2);
    expect(text).toMatch(message);
  });
});
