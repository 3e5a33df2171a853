import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parseIsoTime } from '#libs/events';
import { defaultRegistersDir, loadRegisters, loadTransferLaw, packageFile, type Registers } from '#libs/register';
import { check, type PrintedDuty, type PrintedFinding } from '../apps/cli/src/check/check.js';
import { readLines } from '../apps/cli/src/check/read-lines.js';

/** A conformance case: events in order of arrival, and what is to be found in the end. */
interface Case {
  readonly name: string;
  readonly why: string;
  readonly input: readonly { readonly stream: string; readonly event: object; readonly timestamp?: string }[];
  readonly at?: string;
  /** The last finding on each event; `rules` sorted by name. */
  readonly expect: readonly {
    readonly eventId: string | null;
    readonly verdict: string;
    readonly rules: readonly string[];
  }[];
  /** The events whose findings are amended; left out where it is not of interest. */
  readonly amended?: readonly string[];
  readonly duties?: readonly { readonly duty: string; readonly subject: string; readonly verdict: string }[];
}

const dir = packageFile('test', 'cases');
const cases = readdirSync(dir, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(join(dir, file), 'utf8')) as Case);

let registers: Registers;
beforeAll(async () => {
  registers = await loadRegisters(defaultRegistersDir());
});

function run(given: Case): { findings: PrintedFinding[]; duties: PrintedDuty[] } {
  const text = given.input.map((line) => JSON.stringify(line)).join('\n');
  const at = given.at === undefined ? null : parseIsoTime(given.at);
  const printed = [...check(readLines(text, given.name), registers, loadTransferLaw(), at)];
  return {
    findings: printed.filter((p): p is PrintedFinding => 'line' in p),
    duties: printed.filter((p): p is PrintedDuty => 'duty' in p),
  };
}

describe('conformance cases', () => {
  test('are there', () => expect(cases.length).toBeGreaterThanOrEqual(152));

  test.each(cases.map((c) => [c.name, c] as const))('%s', (_name, given) => {
    const { findings, duties } = run(given);
    // Cases where an event is published twice expect it once; the others line by line.
    const byLine = given.expect.length === given.input.length;
    const last = new Map(findings.map((finding) => [byLine ? finding.line : finding.eventId, finding]));
    for (const [i, expected] of given.expect.entries()) {
      const finding = last.get(byLine ? i + 1 : expected.eventId);
      const rules = finding?.reasons.map((reason) => reason.rule).sort();
      expect({ eventId: expected.eventId, verdict: finding?.verdict, rules }).toEqual(expected);
    }
    if (given.amended !== undefined) {
      const amended = findings.flatMap((finding) => finding.amends ?? []);
      expect([...amended].sort()).toEqual([...given.amended].sort());
    }
    if (given.duties !== undefined) {
      expect(duties.map(({ duty, subject, verdict }) => ({ duty, subject, verdict }))).toEqual(given.duties);
    }
  });

  test.each(cases.map((c) => [c.name, c] as const))(
    '%s: every reason names a clause that the register has',
    (_n, given) => {
      for (const { reasons, assumptions } of run(given).findings) {
        for (const { rule, clause, message } of reasons) {
          expect(message).not.toBe('');
          if (clause === null) expect(['controller-unknown', 'clock-implausible', 'event-unreadable']).toContain(rule);
          else expect(allClauses()).toContain(clause);
        }
        for (const clause of assumptions) expect(allClauses()).toContain(clause);
      }
    },
  );

  test.each(cases.map((c) => [c.name, c] as const))(
    '%s: the order of arrival makes no difference in the end',
    (_n, given) => {
      const final = (input: Case['input']): Record<string, string[]> =>
        Object.fromEntries<string[]>(
          run({ ...given, input }).findings.map(({ line, eventId, verdict, reasons }) => [
            eventId ?? JSON.stringify(input[line - 1]),
            [verdict, ...reasons.map((reason) => reason.rule)],
          ]),
        );
      const reversed = given.input.toReversed();
      expect(final(reversed)).toEqual(final(given.input));
    },
  );
});

function allClauses(): string[] {
  return [...registers].flatMap((register) => [...register.clauses.keys()]);
}
