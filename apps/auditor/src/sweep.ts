import { dutyText, sweepSubject } from '#libs/judge';
import type { DutyRecord, Finding, SubjectFacts, Uses } from '#libs/judge';
import type { Register, Registers } from '#libs/register';
import { parseSubjectKey } from '#libs/subjects';
import type { Draft } from './draft.js';
import { amending, dutyEntry, dutyTagText } from './entries.js';
import { problemsOf } from './problems.js';
import { saidDigest } from './said.js';

/** What a sweep needs to know of a subject. */
export interface SweptSubject {
  readonly key: string;
  readonly facts: SubjectFacts;
  readonly uses: Uses;
  /** The duty findings on it in the trail. */
  readonly duties: readonly DutyRecord[];
  tag(text: string): Buffer | string;
}

/**
 * What came of a subject's sweep: when to look again, ms (null: not before something is heard of it), and its duty
 * findings where they changed.
 */
export interface SweepResult<S> {
  readonly subject: S;
  readonly next: number | null;
  readonly duties?: DutyRecord[];
}

export interface Swept<S> {
  /** One for each subject looked at; fewer than given where the block was full. */
  readonly results: readonly SweepResult<S>[];
  readonly found: readonly { readonly controller: string; readonly finding: Finding; readonly amendment: boolean }[];
}

/**
 * How much the lists of duties changed by one block may be together, in bytes; one may go beyond. They are journaled whole,
 * in one document of at most 16 MiB with what the block's records teach.
 */
const LISTED_A_BLOCK = 2 * 1024 * 1024;
/** What a duty takes beside its texts, at most. */
const RECORD_BYTES = 120;

/**
 * Looks at the duties of subjects as of `at` (ms), and adds an entry to the block for each that was not fulfilled in
 * time and was not found before, and an amendment for each finding that says something else by what is known now.
 *
 * Done again it adds nothing.
 */
export function sweepDuties<S extends SweptSubject>(
  draft: Draft<S>,
  subjects: readonly S[],
  at: number,
  registers: Registers,
  resolve: (id: string) => Register | undefined,
): Swept<S> {
  const results: SweepResult<S>[] = [];
  const found: { controller: string; finding: Finding; amendment: boolean }[] = [];
  let listed = 0;
  for (const subject of subjects) {
    if (draft.full || listed >= LISTED_A_BLOCK) break;
    const { duties: recorded } = subject;
    const { controller } = parseSubjectKey(subject.key);
    const judged = judgeDutiesOf(subject, at, registers, resolve);
    if (judged.fresh.length + judged.amended.length === 0) {
      results.push({ subject, next: judged.next });
      continue;
    }
    const duties = [...recorded];
    let open = false;
    for (const duty of judged.fresh) {
      if ((open ||= draft.full)) break;
      const said = saidDigest(dutyText(duty));
      const entry = dutyEntry(controller, duty, subject.tag(dutyTagText(duty)), draft.recordedAt);
      const problems = problemsOf(entry);
      const index = draft.add(entry, { subject, kind: 'duty', occurredAt: duty.dueAt, said, problems });
      const { duty: kind, purpose, requestId, dueAt, finding } = duty;
      const register = finding.register as string;
      duties.push({ duty: kind, purpose, requestId, register, dueAt, block: draft.n, index, said });
      found.push({ controller, finding, amendment: false });
    }
    for (const { record, finding, said } of judged.amended) {
      if ((open ||= draft.full)) break;
      const { block, index, dueAt } = record;
      const tag = subject.tag(dutyTagText(record));
      const entry = dutyEntry(controller, { ...record, finding }, tag, draft.recordedAt);
      const amends = { block, index };
      const row = { subject, kind: 'amendment', amends, occurredAt: dueAt, said, problems: problemsOf(entry) } as const;
      draft.add(amending(entry, { task: draft.task, ...amends }), row);
      duties[recorded.indexOf(record)] = { ...record, said };
      found.push({ controller, finding, amendment: true });
    }
    // What the block had no room for is found again by the next one.
    results.push({ subject, next: open ? at : judged.next, duties });
    for (const duty of duties) listed += bytesOf(duty);
  }
  return { results, found };
}

function bytesOf({ purpose, requestId }: DutyRecord): number {
  return RECORD_BYTES + Buffer.byteLength(purpose ?? '') + Buffer.byteLength(requestId ?? '');
}

/** Earlier than any sweep. */
const AT_ONCE = 0;

/**
 * When a sweep should look at a subject next, ms, by what is known of it; null: not before something is heard of it.
 *
 * @param now what a sweep as of now does not find, none as of an earlier time does
 */
export function dueOf(
  subject: SweptSubject,
  now: number,
  registers: Registers,
  resolve: (id: string) => Register | undefined,
): number | null {
  const { fresh, amended, next } = judgeDutiesOf(subject, now, registers, resolve);
  // A register that has to be looked up first is so by the sweep.
  const isOpen = fresh.length + amended.length > 0 || subject.duties.some(({ register }) => !resolve(register));
  return isOpen ? AT_ONCE : next;
}

/** {@link dueOf} by these registers, asked at any time. */
export function dueBy(
  registers: Registers,
  resolve: (id: string) => Register | undefined,
  now: () => number,
): (subject: SweptSubject) => number | null {
  return (subject) => dueOf(subject, now(), registers, resolve);
}

function judgeDutiesOf(
  { key, facts, uses, duties: recorded }: SweptSubject,
  at: number,
  registers: Registers,
  resolve: (id: string) => Register | undefined,
) {
  const { controller } = parseSubjectKey(key);
  return sweepSubject({
    registers,
    controller,
    facts,
    uses: [...uses],
    recorded,
    at,
    resolve,
    digest: saidDigest,
  });
}
