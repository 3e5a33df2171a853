import { execFile } from 'node:child_process';
import { expect, jest, test } from '@jest/globals';
import { packageFile } from '#libs/register';

/** The fuzz drill on some thousand records; it brings its own servers, with limits that production has not. */
jest.setTimeout(600_000);

test('harmful records: no crash, no stop, each exactly one entry, dead letters as they came, people erased', async () => {
  const program = ['--disable-warning=TimeoutNegativeWarning', packageFile('dist', 'drill', 'main.js')];
  const args = ['fuzz', '--records', '6000', '--seed', '5', '--people', '3'];
  const { code, stdout, stderr } = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [...program, ...args], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout: out, stderr: err }),
    );
  });
  // A minute shows no leak: whether memory is level is for longer runs.
  const faults = stdout.split('\n').filter((line) => line.startsWith('!!') && !line.includes(' grew by '));
  expect({ faults, stderr: stdout === '' ? stderr : '' }).toEqual({ faults: [], stderr: '' });
  expect([0, 1]).toContain(code);
  expect(stdout).toMatch(/^records +6000 \(seed 5\); (5\d|6\d)\.\d % of them can be read$/m);
  expect(stdout).toMatch(/^entries +6000, /m);
  expect(stdout).toMatch(/^people +3 looked up, erased and not found again$/m);
});
