import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, jest, test } from '@jest/globals';
import pLimit from 'p-limit';
import { packageFile } from '#libs/register';

/**
 * The benchmarks at tiny sizes, on the compiled code: that they work and check what they measure, not how fast it is. Each
 * has servers of its own, so that they need not wait for each other.
 */
jest.setTimeout(300_000); // a test's time begins before its turn comes

/** Two at a time: a run waits for its processes half of the time. Jest alone would begin with five. */
const inTurn = pLimit(2);

const out = mkdtempSync(join(tmpdir(), 'hjemmel-bench-'));
afterAll(() => rmSync(out, { recursive: true, force: true }));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function bench(...args: string[]): Promise<Outcome> {
  // kafkajs computes a timer that Node corrects and warns about.
  const program = ['--disable-warning=TimeoutNegativeWarning', packageFile('dist', 'bench', 'main.js')];
  const run = (): Promise<Outcome> =>
    new Promise((resolve) => {
      execFile(process.execPath, [...program, ...args], (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  return inTurn(run);
}

function figures(name: string): any {
  const files = readdirSync(out).filter((file) => file.startsWith(`${name}-`));
  expect(files).toHaveLength(1);
  return JSON.parse(readFileSync(join(out, files[0]!), 'utf8'));
}

test.concurrent('stream: every consumer has every event, and the auditor one entry for each', async () => {
  const { code, stdout, stderr } = await bench('stream', '--smoke', '--out', out);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/Hjemmel, one auditor \+ notary +[\d,]+ /);
  const { rounds, filled } = figures('stream');
  expect(rounds).toHaveLength(1);
  expect(rounds[0].limit.events).toBe(3_000);
  expect(rounds[0].plain.trial.events).toBe(300);
  expect(rounds[0].ours.trial.events).toBe(3_000);
  expect(filled.byVerdict.compliant).toBeGreaterThan(filled.byVerdict.violation);
});

test.concurrent(
  'latency: every event comes to be durable and signed, and to the feed where it is not compliant',
  async () => {
    const { code, stdout, stderr } = await bench('latency', '--smoke', '--out', out);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^200 events\/s: in a signed checkpoint +\d/m);
    expect(stdout).toMatch(/^200 events\/s: in the feed, if not compliant +\d/m);
    const { options, rates } = figures('latency');
    expect(options.rates).toEqual([200]);
    expect(rates[0].countedFed).toBeGreaterThan(0);
  },
);

test.concurrent('scale: more auditors, and a log that has entries already', async () => {
  const { code, stdout, stderr } = await bench('scale', '--smoke', '--out', out);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^2 +1 +10,000 +[\d,]+ /m);
  const { scaled } = figures('scale') as { scaled: { trial: { events: number } }[] };
  expect(scaled.map(({ trial }) => trial.events)).toEqual([2_000, 2_000]);
});

test.concurrent('duties: everybody is looked at, and a year later whoever fell due', async () => {
  const { code, stdout, stderr } = await bench('duties', '--smoke', '--out', out);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/everybody, as of now +300 +\d/);
  const { looks } = figures('duties') as { looks: { due: number; duties: number }[] };
  expect(looks.map(({ due }) => due > 0)).toEqual([true, true]);
  expect(Math.min(...looks.map(({ duties }) => duties))).toBeGreaterThan(0);
});

test.concurrent('read: the served log and its proofs', async () => {
  const { code, stdout, stderr } = await bench('read', '--smoke', '--out', out);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/checkpoint +[\d,]+ /);
});

test.concurrent('verify: from the database and over HTTP', async () => {
  const { code, stdout, stderr } = await bench('verify', '--smoke', '--out', out);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/HTTP.* +[\d,]+ /);
});

test.concurrent(
  'log: what the notary signs the verifier proves, and blocks that arrive come under a checkpoint',
  async () => {
    const { code, stdout, stderr } = await bench('log', '--smoke', '--out', out);
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/notary: .* +[\d,]+ /);
    const { made, verified, arrived } = figures('log') as Record<'made' | 'verified', unknown[]> & {
      arrived: { blocks: number; delays: number[] };
    };
    expect([made, verified].map((trials) => trials.length)).toEqual([1, 1]);
    expect(arrived.blocks).toBe(40);
    expect(arrived.delays).toHaveLength(40);
  },
);

test.concurrent('judge: our judge, and the other engines on the part they can judge', async () => {
  const { code, stdout, stderr } = await bench('judge', '--smoke', '--out', out);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/the mix, facts at hand +2,000 +\d/);
  expect(stdout).toMatch(/Cedar .* subset +\d/);
  const { timings, declared, machine } = figures('judge');
  expect(timings).toHaveLength(11);
  for (const { elapsed } of timings) expect(elapsed).toHaveLength(2);
  expect(declared).toBeGreaterThan(0);
  expect(machine.cores).toBeGreaterThan(0);
});

test.concurrent('a wrong option is named in one line', async () => {
  const { code, stderr } = await bench('judge', '--events', 'many');
  expect(code).toBe(2);
  expect(stderr).toBe("error: option '--events <N>' argument 'many' is invalid. It is a whole number from 100.\n");
});

test.concurrent('views: the API answers every kind of question from the read models', async () => {
  const { code, stdout, stderr } = await bench('views', '--smoke', '--out', out);
  expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^findings, the newest +[\d.,]+ /m);
  const { findings, asked } = figures('views');
  // One offset in eleven of each task is compliant: of four tasks with 1,000 entries and four with 500.
  expect(findings).toBe(6_000 - 4 * 91 - 4 * 46);
  expect(new Set((asked as { count: number }[]).map(({ count }) => count))).toEqual(new Set([3]));
});
