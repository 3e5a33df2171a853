import { openDuties, standingDuties } from '#libs/judge';
import type { OpenDuty } from '#libs/judge';
import type { Register, Registers } from '#libs/register';
import { inOrder, keyOf, parseSubjectKey } from '#libs/subjects';
import type { OpenDutyRow } from '#libs/subjects';
import type { SweptSubject } from './sweep.js';

const DAY = 86_400_000;
/** How far ahead is looked, ms. */
const AHEAD = 30 * DAY;
/** Rows that stand for themselves, at most; what falls due later than these is told by controller, duty and day alone. */
const MOST_ROWS = 5_000;

/**
 * What falls due soon, in numbers: the duties that are neither fulfilled nor overdue at a time, and fall due within 30 days.
 * Of a duty that was found broken, and still is, nothing more can fall due.
 */
export class DutyCalendar {
  private readonly counts = new Map<string, OpenDutyRow>();

  /** @param at ms */
  constructor(
    readonly at: number,
    private readonly registers: Registers,
    private readonly resolve: (id: string) => Register | undefined,
    private readonly mostRows = MOST_ROWS,
  ) {}

  /** To when is looked, ms, inclusive. */
  get until(): number {
    return this.at + AHEAD;
  }

  /** Counts what falls due for somebody; to be called once for each. */
  add({ key, facts, uses, duties: recorded }: SweptSubject): void {
    const { at, registers, resolve } = this;
    const { controller } = parseSubjectKey(key);
    const register = registers.inForce(controller, at);
    if (register === undefined) return;
    const known = [...uses];
    const soon = openDuties({ register, facts, uses: known, at }).filter(({ dueAt }) => dueAt <= this.until);
    if (soon.length === 0) return;
    const broken = new Set<string>();
    for (const { finding } of standingDuties({ registers, controller, facts, uses: known, recorded, at, resolve })) {
      if (finding.fulfilledAt === null) broken.add(identityOf(finding));
    }
    for (const duty of soon) if (!broken.has(identityOf(duty))) count(this.counts, toRow(controller, duty));
  }

  /** By when they are due. */
  rows(): OpenDutyRow[] {
    const rows = inOrder(this.counts.values());
    if (rows.length <= this.mostRows) return rows;
    const sums = new Map<string, OpenDutyRow>();
    for (const row of rows.slice(this.mostRows))
      count(sums, { ...row, purpose: null, dueAt: beginningOfDay(row.dueAt) });
    for (const row of rows.slice(0, this.mostRows)) count(sums, row);
    return inOrder(sums.values());
  }
}

function toRow(controller: string, { duty, purpose, dueAt }: OpenDuty): OpenDutyRow {
  const isRequest = duty === 'request-overdue';
  return { controller, duty, purpose, dueAt: isRequest ? dueAt : beginningOfDay(dueAt), count: 1 };
}

function count(counts: Map<string, OpenDutyRow>, row: OpenDutyRow): void {
  const key = keyOf(row);
  counts.set(key, { ...row, count: row.count + (counts.get(key)?.count ?? 0) });
}

function beginningOfDay(at: number): number {
  return Math.floor(at / DAY) * DAY;
}

function identityOf({ duty, purpose, requestId }: Pick<OpenDuty, 'duty' | 'purpose' | 'requestId'>): string {
  return JSON.stringify([duty, purpose, requestId]);
}
