import { OfflineAudit, unreadable, type Finding, type Reason, type Verdict } from '#libs/judge';
import type { Registers, TransferLaw } from '#libs/register';
import type { InputLine } from './read-lines.js';

/** A finding as `hjemmel check` prints it. */
export interface PrintedFinding {
  /** The input line that the finding is about (the amended one's for an amending finding). */
  readonly line: number;
  readonly eventId: string | null;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  readonly assumptions: readonly string[];
  readonly amends: string | null;
}

export interface PrintedDuty {
  readonly duty: string;
  readonly controller: string;
  readonly subject: string;
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
}

/**
 * Judges the lines in order and gives each finding as it is to be printed: the line's own, then those that it amends,
 * and with `at` (ms) the overdue duties last. Pure.
 *
 * @returns whether all was compliant in the end: of an amended finding, the amendment counts
 */
export function* check(
  lines: Iterable<InputLine>,
  registers: Registers,
  law: TransferLaw,
  at: number | null,
): Generator<PrintedFinding | PrintedDuty, boolean> {
  const audit = new OfflineAudit<InputLine>(registers, law);
  const open = new Set<number>();
  const printed = ({ line, eventId }: InputLine, finding: Finding, amends: string | null): PrintedFinding => {
    const { verdict, reasons, assumptions } = finding;
    if (verdict === 'compliant') open.delete(line);
    else open.add(line);
    return { line, eventId, verdict, reasons, assumptions, amends };
  };

  for (const input of lines) {
    if (!input.event.ok) {
      yield printed(input, unreadable(input.event.faults.join('; ')), null);
      continue;
    }
    const { finding, amendments } = audit.accept(input, input.event.event, input.timestamp);
    yield printed(input, finding, null);
    for (const amendment of amendments) yield printed(amendment.ref, amendment.finding, amendment.ref.eventId);
  }

  const duties = at === null ? [] : audit.duties(at);
  for (const { controller, subject, duty } of duties) {
    const { verdict, reasons } = duty.finding;
    yield { duty: duty.duty, controller, subject, verdict, reasons };
  }
  return open.size === 0 && duties.length === 0;
}
