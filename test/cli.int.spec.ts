import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { packageFile } from '#libs/register';
import { bareEnv } from './support/bare-env.js';

/** The command as people run it, on the compiled code; no servers. */
const dir = mkdtempSync(join(tmpdir(), 'hjemmel-cli-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function hjemmel(args: readonly string[], input?: string, root = packageFile()): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [join(root, 'dist', 'apps', 'cli', 'src', 'main.js'), ...args],
      { cwd: dir, env: bareEnv() },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
    child.stdin?.end(input);
  });
}

function file(name: string, content: string): string {
  writeFileSync(join(dir, name), content);
  return name;
}

function caseLines(name: string): string {
  const { input } = JSON.parse(readFileSync(packageFile('test', 'cases', `${name}.json`), 'utf8')) as {
    input: readonly object[];
  };
  return input.map((line) => JSON.stringify(line)).join('\n');
}

const findings = (out: string): Record<string, unknown>[] =>
  out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('hjemmel check', () => {
  test('prints a finding a line, in order, and exits 0 where all is compliant', async () => {
    const { code, out, err } = await hjemmel(['check', file('good.jsonl', caseLines('jetcards-compliant-customer'))]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const printed = findings(out);
    expect(printed.map((finding) => finding['line'])).toEqual([1, 2, 3, 4, 5, 6]);
    for (const finding of printed) {
      expect(Object.keys(finding)).toEqual(['line', 'eventId', 'verdict', 'reasons', 'assumptions', 'amends']);
    }
  });

  test('exits 1 where something else is found, and gives rule, effect, clause and message', async () => {
    const { code, out } = await hjemmel(['check', file('bad.jsonl', caseLines('jetkids-contract-basis'))]);
    expect(code).toBe(1);
    const [reason] = findings(out)[1]?.['reasons'] as Record<string, unknown>[];
    expect(reason).toEqual({
      rule: 'basis-undeclared',
      effect: 'violation',
      clause: expect.any(String),
      message: expect.any(String),
    });
  });

  test('prints amending findings after the line that caused them', async () => {
    const name = file('late.jsonl', caseLines('jetkids-marketing-late-order-amends'));
    const printed = findings((await hjemmel(['check', name])).out);
    const at = printed.findIndex((finding) => finding['amends'] !== null);
    expect(printed[at]).toMatchObject({ amends: printed[at]?.['eventId'] });
    expect(Number(printed[at]?.['line'])).toBeLessThan(Number(printed[at - 1]?.['line']));
  });

  test('prints overdue duties last, and reads standard input', async () => {
    const { code, out } = await hjemmel(
      ['check', '-', '--at', '2024-11-01T00:00:00Z'],
      caseLines('kidssafety-never-erased'),
    );
    expect(code).toBe(1);
    const duty = findings(out).at(-1);
    expect(Object.keys(duty ?? {})).toEqual(['duty', 'controller', 'subject', 'verdict', 'reasons']);
    expect(duty).toMatchObject({ duty: 'retention-overdue', controller: 'kidssafety', verdict: 'violation' });
  });

  test('an event that breaks its schema is unreadable, with every fault named', async () => {
    const line = '{"stream":"orders","event":{"eventId":"x","controller":"janus"}}';
    const { code, out } = await hjemmel(['check', file('broken.jsonl', line)]);
    expect(code).toBe(1);
    expect(findings(out)[0]).toMatchObject({ line: 1, eventId: 'x', verdict: 'unreadable', amends: null });
    expect(out).toMatch(/`eventId`.*`occurredAt` is missing/);
  });

  test.each([
    ['no JSON', 'good\n{', /^input\.jsonl:1: this line is no JSON.*\ninput\.jsonl:2: this line is no JSON/],
    ['no stream', '{"event":{}}', /^input\.jsonl:1: this line names no stream; `stream` is one of orders/],
    ['an unknown stream', '\n{"stream":"order","event":{}}', /^input\.jsonl:2: this line names the stream "order"; /],
    [
      'a timestamp that is none',
      '{"stream":"orders","event":{},"timestamp":"noon"}',
      /^input\.jsonl:1: `timestamp` is no time/,
    ],
  ])('exits 2 for a line that is/names %s', async (_what, text, message) => {
    const { code, out, err } = await hjemmel(['check', file('input.jsonl', text)]);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
  });

  test.each([
    [['check'], /missing required argument 'FILE'/],
    [['check', 'nowhere.jsonl'], /^nowhere\.jsonl: there is no such file\n$/],
    [['check', '-', '--at', '2024-02-30T00:00:00Z'], /^--at `2024-02-30T00:00:00Z` is no UTC time/],
    [['check', '-', '--registers', 'nowhere'], /the directory of registers cannot be read/],
    [['chekc'], /unknown command 'chekc'.*Did you mean check\?/s],
    [['check', '-', '--att', 'x'], /unknown option '--att'/],
  ])('exits 2 for %j', async (args, message) => {
    const { code, err } = await hjemmel(args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
  });

  test('help exits 0 and gives examples', async () => {
    const { code, out } = await hjemmel(['check', '--help']);
    expect(code).toBe(0);
    expect(out).toContain('Examples:');
  });
});

test('a broken schema file is told in one line, exit code 2', async () => {
  const copy = join(dir, 'package');
  for (const part of ['dist', 'schemas', 'package.json', 'registers', 'libs/register/data']) {
    cpSync(packageFile(part), join(copy, part), { recursive: true });
  }
  symlinkSync(packageFile('node_modules'), join(copy, 'node_modules'));
  writeFileSync(join(copy, 'schemas', 'OrderEvent.avsc'), '{ broken');
  const { code, err } = await hjemmel(['check', '-'], '', copy);
  expect(code).toBe(2);
  expect(err).toMatch(/^\S*OrderEvent\.avsc: no Avro schema \(.*\); mend the file or install it again\n$/);
});

describe('hjemmel register check', () => {
  test('the registers that ship are in order', async () => {
    const { code, out } = await hjemmel(['register', 'check']);
    expect(code).toBe(0);
    expect(out.match(/in order/g)).toHaveLength(5);
  });

  test('names each fault with file, line and column, and exits 2', async () => {
    const good = readFileSync(packageFile('registers', 'jetpak.yaml'), 'utf8');
    const bad = good.replace('basis: contract,', 'basis: contrct,').replace('after: contract-end', 'after: the-end');
    const { code, err } = await hjemmel(['register', 'check', file('bad.yaml', bad)]);
    expect(code).toBe(2);
    expect(err).toMatch(/bad\.yaml:\d+:\d+: .*`contrct`, did you mean `contract`\?/);
    expect(err).toMatch(/bad\.yaml:\d+:\d+: .*`the-end`/);
    expect(err).toMatch(/2 faults found\n$/);
  });

  test('with the policies at hand, that digests and line ranges hold', async () => {
    file('acme.txt', 'one\ntwo\n');
    const sha256 = 'd1bb70baa31f1df69628c00632b65eab96d95e9a2ff0f6e3bd65d2c1eda2d1d0';
    const text = readFileSync(packageFile('registers', 'kidssafety.yaml'), 'utf8')
      .replace(/file: .*/, 'file: acme.txt')
      .replace(/sha256: .*/, `sha256: ${sha256}`);
    const { code, err } = await hjemmel(['register', 'check', file('other.yaml', text), '--policies', '.']);
    expect(code).toBe(2);
    expect(err).toMatch(/other\.yaml:\d+:\d+: `acme\.txt` has the SHA-256 [0-9a-f]{64}: it is another text/);
  });
});
