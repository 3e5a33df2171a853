import { timeOfDay } from '../calendar.js';
import type { SubjectFacts } from '../facts/subject-facts.js';
import type { UseFact } from '../fact.js';
import { UseList } from './use-list.js';

/**
 * How many uses of a subject are kept at most. From then on the duties are right for now alone, not as of earlier times,
 * and where there still are more, of what exceeds it none is found.
 */
export const USES_LIMIT = 256;

/**
 * The uses of one subject's data that duties can depend on: a few of all. The duties by these are the duties by all, at
 * any time.
 *
 * Kept are, for each purpose, of the data collected between two erasures what can fall due first, and of the uses on
 * consent between two erasures the first. An erasure that becomes known later divides anew what was thinned out by then.
 *
 * INVARIANT: the facts of a batch are added to the subject's facts before its uses are added here; and when an erasure or
 * anonymisation becomes known late, the subject's uses with `at` not before it are added again. Adding again is harmless.
 */
export class Uses {
  private kept = new UseList();
  /** Set where the limit was reached. */
  private isFull = false;

  /** Takes what iterating over others gave out. */
  static from(uses: Iterable<UseFact>): Uses {
    const all = new Uses();
    all.kept = UseList.of(uses);
    return all;
  }

  /** Whether there may be more uses that matter than are kept. */
  get full(): boolean {
    return this.kept.length >= USES_LIMIT;
  }

  get size(): number {
    return this.kept.length;
  }

  [Symbol.iterator](): Iterator<UseFact> {
    return this.kept[Symbol.iterator]();
  }

  /**
   * @param facts the subject's, as far as they are known
   * @returns false where the use makes no difference, and so is not kept
   */
  add(use: UseFact, facts: SubjectFacts): boolean {
    const covered = this.coveredAt(use, facts);
    const { kept } = this;
    if (covered >= 0) {
      // What comes next is mostly like what came lately, and covered by the same.
      kept.swap(covered, kept.length - 1);
      return false;
    }
    kept.push(use);
    for (let i = kept.length - 2; i >= 0; i--) {
      if (kept.purposeAt(i) !== use.purpose) continue;
      const other = kept.at(i);
      if (!this.fallsDueFirst(use, other, facts) && !isFirstOnConsent(use, other, facts)) continue;
      kept.remove(i);
      if (this.coveredAt(other, facts) < 0) kept.insert(i, other);
    }
    if (kept.length <= USES_LIMIT) return true;
    if (this.isFull) {
      kept.remove(kept.length - 1);
      return false;
    }
    this.isFull = true;
    this.kept = new UseList();
    for (const each of kept) this.add(each, facts);
    return [...this.kept].some((each) => isSame(each, use));
  }

  /**
   * Where in the list it shows that the use makes no difference beside those that are kept; -1: it makes one. From the
   * end.
   */
  private coveredAt(use: UseFact, facts: SubjectFacts): number {
    let forRetention = true;
    let forErasure = use.basis === 'consent';
    for (let i = this.kept.length - 1; i >= 0; i--) {
      if (this.kept.purposeAt(i) !== use.purpose) continue;
      const other = this.kept.at(i);
      forRetention &&= !this.fallsDueFirst(other, use, facts);
      forErasure &&= !isFirstOnConsent(other, use, facts);
      if (!forRetention && !forErasure) return i;
    }
    return -1;
  }

  /**
   * Whether data of use `a` falls due no later than that of `b` whatever the period, was seen no later, and is erased by
   * the same erasure, whatever becomes known.
   */
  private fallsDueFirst(a: UseFact, b: UseFact, facts: SubjectFacts): boolean {
    return (a.at <= b.at || this.isFull) && fallsDueNoLater(a, b, facts);
  }
}

function isSame(a: UseFact, b: UseFact): boolean {
  return a.at === b.at && a.purpose === b.purpose && a.basis === b.basis && a.collectedAt === b.collectedAt;
}

function fallsDueNoLater(a: UseFact, b: UseFact, facts: SubjectFacts): boolean {
  const first = a.collectedAt ?? a.at;
  const second = b.collectedAt ?? b.at;
  if (first === second) return true;
  if (first > second || !keepsOrder(first, second)) return false;
  // Where data was collected after it was used, an erasure in between may come without the use coming again.
  return second <= b.at && facts.lastErasure(b.purpose, second) <= first;
}

/**
 * Whether an instant with any period added to it comes no later than a later one with the same period added. Not so at the
 * end of a month: 30 January, 12:00, and 31 January, 11:00, plus a month.
 */
function keepsOrder(earlier: number, later: number): boolean {
  asked.setTime(earlier);
  if (asked.getUTCDate() < 28) return true;
  const month = asked.getUTCMonth();
  const year = asked.getUTCFullYear();
  asked.setTime(later);
  if (month !== asked.getUTCMonth() || year !== asked.getUTCFullYear()) return true;
  return timeOfDay(earlier) <= timeOfDay(later);
}

/** One for all questions: it is asked about every use, and most of what that took was garbage. */
const asked = new Date(0);

/** Whether `a` is on consent like `b`, not later, and no erasure is between the two or at either. */
function isFirstOnConsent(a: UseFact, b: UseFact, facts: SubjectFacts): boolean {
  if (a.basis !== 'consent' || b.basis !== 'consent' || a.at > b.at) return false;
  return a.at === b.at || facts.lastErasure(b.purpose, b.at) < a.at;
}
