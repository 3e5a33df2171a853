import { Temporal } from 'temporal-polyfill';
import { toIsoTime } from '#libs/events';
import type { Duty, DutyFinding, OpenDuty, Reason, Verdict } from '#libs/judge';
import { UsageError } from '../usage-error.js';

/** A duty of somebody, overdue or open. */
export interface ListedDuty {
  readonly controller: string;
  /** The person's id, or what stands for it. */
  readonly subject: string;
  /** `task/block/index` of the finding in the trail; null where none stands there yet. */
  readonly position: string | null;
  readonly duty: DutyFinding | OpenDuty;
}

/** A duty as `--json` prints it. */
export interface PrintedDuty {
  readonly duty: Duty;
  readonly controller: string;
  readonly subject: string;
  readonly verdict: Verdict | 'open';
  readonly reasons: readonly Reason[];
  readonly dueAt: string;
  readonly purpose: string | null;
  readonly fulfilledAt: string | null;
  readonly position: string | null;
}

/** Overdue ones first, then the open ones, each by when they are due. */
export function inOrder(duties: readonly ListedDuty[]): ListedDuty[] {
  const key = ({ subject, duty }: ListedDuty): string => JSON.stringify([duty.duty, duty.purpose, subject]);
  return duties.toSorted(
    (a, b) =>
      Number(!isFinding(a.duty)) - Number(!isFinding(b.duty)) ||
      a.duty.dueAt - b.duty.dueAt ||
      (key(a) < key(b) ? -1 : 1),
  );
}

export function isFinding(duty: DutyFinding | OpenDuty): duty is DutyFinding {
  return 'finding' in duty;
}

export function toPrinted({ controller, subject, position, duty }: ListedDuty): PrintedDuty {
  const { duty: kind, purpose } = duty;
  const [verdict, reasons, fulfilledAt] = isFinding(duty)
    ? [duty.finding.verdict, duty.finding.reasons, duty.fulfilledAt]
    : (['open', [], null] as const);
  return {
    duty: kind,
    controller,
    subject,
    verdict,
    reasons,
    dueAt: toIsoTime(duty.dueAt),
    purpose,
    fulfilledAt: fulfilledAt === null ? null : toIsoTime(fulfilledAt),
    position,
  };
}

const TITLES = ['due', 'duty', 'controller', 'subject', 'purpose', 'state', 'in the trail'];
const WHAT: Readonly<Record<Duty, string>> = {
  'request-overdue': 'answer a request',
  'retention-overdue': 'erase at the end of retention',
  'erasure-overdue': 'erase after withdrawal',
};

/**
 * The duties as a table, and what there is to say of them in all.
 *
 * @param duties in order
 * @param at as of when they are listed, ms
 * @param until to when what falls due is listed, ms
 */
export function tableOf(duties: readonly ListedDuty[], at: number, until: number): string[] {
  const findings = duties.map(({ duty }) => duty).filter(isFinding);
  const overdue = findings.filter(({ fulfilledAt }) => fulfilledAt === null).length;
  const late = findings.length - overdue;
  const open = duties.length - findings.length;
  const summary =
    `As of ${toIsoTime(at)}: ${count(overdue)} overdue, ${count(late)} fulfilled late, ` +
    `${count(open)} to fall due by ${toIsoTime(until)}.`;
  if (duties.length === 0) return [summary];
  const rows = duties.map(({ controller, subject, position, duty }) => [
    toIsoTime(duty.dueAt).slice(0, 16).replace('T', ' '),
    WHAT[duty.duty],
    controller,
    subject,
    duty.purpose ?? '–',
    stateOf(duty),
    position ?? '–',
  ]);
  const widths = TITLES.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(TITLES), ...rows.map(line), '', summary];
}

function stateOf(duty: DutyFinding | OpenDuty): string {
  if (!isFinding(duty)) return 'open';
  const { finding, fulfilledAt } = duty;
  const state = fulfilledAt === null ? 'OVERDUE' : `late, on ${toIsoTime(fulfilledAt).slice(0, 10)}`;
  return finding.verdict === 'gap' ? `${state}, a person must look` : state;
}

function count(n: number): string {
  return n.toLocaleString('en');
}

/**
 * `at` and an ISO 8601 duration after it, ms; months and years are those of the calendar, in UTC.
 *
 * @throws UsageError where it is no period of time
 */
export function periodAfter(at: number, text: string): number {
  try {
    const period = Temporal.Duration.from(text);
    if (period.sign < 0) throw new RangeError('backwards');
    return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO('UTC').add(period).epochMilliseconds;
  } catch {
    throw new UsageError(`--upcoming \`${text}\` is no period of time; give an ISO 8601 duration such as P30D.`);
  }
}
