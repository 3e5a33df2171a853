import { execFile } from 'node:child_process';
import { expect, jest, test } from '@jest/globals';
import { packageFile } from '#libs/register';
import { testServers } from './support/servers.js';

/** The drill on a small log and without verifiers from outside: every kind of tampering is found, and named. */
jest.setTimeout(240_000);

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

test('a wrong option is named in one line', async () => {
  const { code, stderr } = await drill('tamper', '--entries', '5');
  expect(code).toBe(2);
  expect(stderr).toBe("error: option '--entries <N>' argument '5' is invalid. It is a whole number from 2000.\n");
});
