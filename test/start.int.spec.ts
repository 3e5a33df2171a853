import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from 'node:util';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { packageFile } from '#libs/register';
import { MongoConnection, MongoTrailReader } from '#libs/trail';
import { rememberedPorts } from '../apps/local/src/stack/ports.js';
import { bareEnv } from './support/bare-env.js';

/** `npm start` as a newcomer runs it, on the compiled code, with servers and data of its own. */
const data = mkdtempSync(join(tmpdir(), 'hjemmel-start-'));
const settings = join(data, 'settings.env');
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
  return startWith({}, ...args);
}

function startWith(env: Record<string, string>, ...args: string[]): Started {
  const child = spawn(
    process.execPath,
    [
      '--disable-warning=TimeoutNegativeWarning',
      packageFile('dist', 'apps', 'local', 'src', 'main.js'),
      '--data',
      data,
      ...args,
    ],
    { env: { ...bareEnv(), HOME: process.env['HOME'], ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
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

function pidOf(service: string): number {
  const { pid } = JSON.parse(readFileSync(join(data, 'apps', `${service}.pid.json`), 'utf8')) as { pid: number };
  return pid;
}

/** Resolves when the first events of this start have been judged; most are still to come. */
async function judging(run: Started): Promise<void> {
  await run.output(/^Page/m);
  const uri = parseEnv(readFileSync(settings, 'utf8'))['HJEMMEL_LOCAL_URI_API'] as string;
  const connection = new MongoConnection(uri, 'start-test', { info: () => undefined, warn: () => undefined });
  try {
    const trail = new MongoTrailReader(connection);
    const before = await trail.count();
    while ((await trail.count()) === before) await sleep(20);
  } finally {
    await connection.close();
  }
}

/** A command in a second terminal. */
function hjemmel(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const program = ['--disable-warning=TimeoutNegativeWarning', packageFile('dist', 'apps', 'cli', 'src', 'main.js')];
  const env = { ...bareEnv(), HJEMMEL_LOCAL_SETTINGS: settings };
  return new Promise((resolve) => {
    execFile(process.execPath, [...program, ...args], { env, cwd: data }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

describe('npm start -- --once', () => {
  test('every event has one entry, also when all programs are killed in the middle', async () => {
    const run = start('--once', '--events', '15000', '--seed', '1');
    await judging(run);
    for (const service of ['auditor-1', 'notary', 'api', 'openid-provider']) process.kill(pidOf(service), 'SIGKILL');
    const { code, text } = await run.end();
    expect(text).toContain('events published   15,000\n');
    expect(text).toContain('events judged      15,000\n');
    expect(text).toContain('Every published event has exactly one entry in the trail.');
    const [, amended = '', duties = ''] =
      /found later {8}([\d,]+) of them amended, as events came late; ([\d,]+) duties/.exec(text) ?? [];
    // With commas from 1,000 on: how many events come late depends on where the kill hits.
    const figure = (printed: string): number => Number(printed.replaceAll(',', ''));
    const entries = (15_000 + figure(amended) + figure(duties)).toLocaleString('en');
    expect(text).toMatch(
      new RegExp(`signed log {9}${entries} entries under the newest of \\d+ checkpoints, all proved\n`),
    );
    expect(code).toBe(0);
    expect(existsSync(settings)).toBe(false);
  }, 180_000);

  test('goes on where a start that was killed left off', async () => {
    const killed = start('--once', '--events', '15000', '--seed', '2');
    await judging(killed);
    killed.child.kill('SIGKILL');
    await killed.end();

    const { code, text } = await start('--once', '--events', '500', '--seed', '3').end();
    expect(text).toContain('events judged      500\n');
    expect(text).toMatch(/whole trail {8}[\d,]+ entries in \d+ blocks, hashes and offsets checked/);
    expect(code).toBe(0);
  }, 180_000);

  test('while it runs the log is served and commands find it; it stops on SIGTERM', async () => {
    const { port } = await rememberedPorts(join(data, 'port-of-the-api.json'), ['port']);
    const run = startWith({ PORT: String(port) }, '--rate', '200', '--seed', '4');
    await run.output(/in the trail [1-9].* signed [1-9]/);
    expect(statSync(settings).mode & 0o777).toBe(0o600);

    const log = `http://127.0.0.1:${port}/log`;
    const keys = await (await fetch(`${log}/key`)).text();
    expect(await hjemmel('key', 'show')).toEqual({ code: 0, out: keys, err: '' });
    expect(await (await fetch(`${log}/checkpoint`)).text()).toMatch(/^hjemmel\.local\/log\n[1-9]\d*\n/);
    const [, password] = await run.output(
      new RegExp(`^Page {5}http://127\\.0\\.0\\.1:${port} {3}log in as officer with (\\w{4}-\\w{4}-\\w{4})$`, 'm'),
    );
    expect(readFileSync(join(data, 'keys', 'people'), 'utf8')).toContain(`officer ${password}\n`);
    const token = (await hjemmel('token')).out.trim();
    const me = await fetch(`http://127.0.0.1:${port}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
    expect(await me.json()).toMatchObject({ subject: 'hjemmel-program', roles: ['officer'], controllers: null });

    for (const args of [['verify'], ['verify', '--url', log], ['proof', '0', '--out', 'evidence']]) {
      const { code, out, err } = await hjemmel(...args);
      expect({ args, code, told: code === 0 ? '' : out + err }).toEqual({ args, code: 0, told: '' });
    }

    run.child.kill('SIGTERM');
    expect(await run.end()).toMatchObject({ code: 0 });
    expect(existsSync(settings)).toBe(false);
    const { code, err } = await hjemmel('verify');
    expect(code).toBe(2);
    expect(err).toContain('there is no local stack: set it, or run `npm start`');
  }, 180_000);

  test('a service that does not come up is told in its own words, and nothing stays running', async () => {
    const { code, text } = await startWith({ HJEMMEL_VAULT_KEY: 'hunter2' }, '--once', '--events', '10').end();
    expect(code).toBe(2);
    expect(text).toMatch(/^auditor-1 does not start; its log .* says: HJEMMEL_VAULT_KEY: is not 32 bytes in base64/m);
    expect(text).not.toContain('hunter2');
    for (const service of ['auditor-1', 'notary', 'api', 'openid-provider']) {
      expect(existsSync(join(data, 'apps', `${service}.pid.json`))).toBe(false);
    }
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
