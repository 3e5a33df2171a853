import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { packageFile } from '#libs/register';
import { MUTATIONS } from '../drill/mutations/all.js';
import { mutate } from '../drill/mutations/mutations.js';
import { testServers } from './support/servers.js';

/** The drills, small: a log without verifiers from outside; twelve faults on one node of Kafka and one of MongoDB. */
jest.setTimeout(480_000);

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function drill(...args: string[]): Promise<Outcome> {
  const program = ['--disable-warning=TimeoutNegativeWarning', packageFile('dist', 'drill', 'main.js')];
  return new Promise((resolve) => {
    execFile(process.execPath, [...program, ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

test('tamper: each kind is named by verify, and the log as it was made is proved before and after', async () => {
  const { mongoUri } = testServers();
  const { code, stdout } = await drill('tamper', '--entries', '2000', '--no-outside', '--mongodb', mongoUri);
  expect(stdout.split('\n').filter((line) => line.startsWith('!!'))).toEqual([]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ok nothing changed +proved$/m);
  expect(stdout).toMatch(/^ok everything put back +proved$/m);
  const [, kinds] = /^(\d+) kinds of tampering; 0 not as they should be\.$/m.exec(stdout) ?? [];
  expect(Number(kinds)).toBeGreaterThanOrEqual(60);
});

test.each(MUTATIONS)('mutations: the safeguard is where it is taken out: $name', ({ patches }) => {
  const folder = mkdtempSync(join(tmpdir(), 'hjemmel-mutation-'));
  try {
    mutate(join(folder, 'copy'), patches);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('faults: twelve of them, of every family, and nothing is lost, twice or wrong', async () => {
  const { code, stdout, stderr } = await drill('faults', '--rounds', '12', '--seed', '5');
  expect({ stderr, faults: stdout.split('\n').filter((line) => line.startsWith('!!')) }).toMatchObject({ faults: [] });
  expect(stdout).toMatch(/^12 rounds: 0 lost, 0 duplicated, 0 wrong, 0 parts that ended by themselves; /m);
  expect(stdout).toMatch(/^[\d,]+ checkpoints served; 0 that the log does not begin with\. hjemmel verify: proved\.$/m);
  // It shows something only where evidence came late and duties fell due.
  const [, amendments, duties] = /: ([\d,]+) amendments, ([\d,]+) findings on duties/.exec(stdout) ?? [];
  expect(Number(amendments?.replaceAll(',', ''))).toBeGreaterThan(0);
  expect(Number(duties?.replaceAll(',', ''))).toBeGreaterThan(0);
  expect(code).toBe(0);
});

test('a wrong option is named in one line', async () => {
  const { code, stderr } = await drill('tamper', '--entries', '5');
  expect(code).toBe(2);
  expect(stderr).toBe("error: option '--entries <N>' argument '5' is invalid. It is a whole number from 2000.\n");
});
