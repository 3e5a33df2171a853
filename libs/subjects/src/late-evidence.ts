import { decodeRecord, WriterSchemas } from '#libs/events';
import type { EntrySource, StreamEvent } from '#libs/events';
import { decodeEvidence } from './evidence.js';
import type { History, IndexedRow } from './history.js';
import type { RecentBlock, RecentBlocks } from './recent-blocks.js';
import type { Subject } from './subject.js';

/** A finding that stands in the trail, with what it takes to make it again. */
export interface JudgedBefore {
  /** Where it stands in its task's chain. */
  readonly block: number;
  readonly index: number;
  readonly event: StreamEvent;
  /** The record's Kafka timestamp, ms; null: it has none. */
  readonly timestamp: number | null;
  readonly source: EntrySource;
  /** SHA-256 of the register version it was judged by, hex; null: by none, and so it is not judged again. */
  readonly register: string | null;
  /** Digest of what was last said of it, by itself or by an amendment; 16 hex digits. */
  readonly said: string;
  /** Whether it is of an event that an earlier finding of the task is of. */
  readonly repeat: boolean;
}

/** Some findings about a marked subject, newest block first. */
export interface Rejudgement {
  readonly subject: Subject;
  /** May be empty, where many blocks had to be looked through. */
  readonly findings: readonly JudgedBefore[];
  /** With these all of the subject's that the mark concerns have been given. */
  readonly last: boolean;
}

/** One subject's findings being gone through once, from the newest block to the oldest. */
interface Pass {
  readonly late: number;
  /** Blocks to be looked at still, ascending: taken from the end. */
  readonly blocks: number[];
  readonly said: LastSaid;
  /** Found, and not given yet. */
  found: JudgedBefore[];
  /** How many the last block had; so that no more blocks are read together than an answer takes. */
  usual: number;
}

interface Mark {
  readonly subject: Subject;
  pass: Pass | null;
  /** Evidence that came during the pass: another pass follows, from this instant on. */
  again: number | null;
}

/** Blocks read from MongoDB together, and at most at a time for one answer. */
const READ_TOGETHER = 4;
const READ_AT_MOST = 32;
/** Subjects whose blocks are looked up at the same time. */
const BEGIN_TOGETHER = 64;

const writers = new WriterSchemas();

/**
 * The subjects of a task for whom evidence came late, and how far their findings have been judged again.
 *
 * A subject's findings are gone through from the newest block to the oldest, over many blocks to come where they are many.
 * What comes late meanwhile makes another pass afterwards. INVARIANT: a mark goes only once every finding on an event of
 * its instant or later that stood in an earlier block than the evidence was given.
 */
export class LateEvidence {
  private readonly marks = new Map<string, Mark>();
  private given: readonly Rejudgement[] = [];

  /**
   * @param changed called where a subject's mark goes, or is put later
   */
  constructor(
    private readonly recent: RecentBlocks,
    private readonly history: History,
    private readonly changed: (subject: Subject) => void,
  ) {}

  get size(): number {
    return this.marks.size;
  }

  get(key: string): Subject | undefined {
    return this.marks.get(key)?.subject;
  }

  /** Whether findings on a marked subject are still to be given: what they teach of its uses of data may not be known. */
  isOpen({ key }: Subject): boolean {
    const mark = this.marks.get(key);
    if (mark === undefined) return false;
    return mark.again !== null || !this.given.some(({ subject, last }) => last && subject === mark.subject);
  }

  /** Marks a subject: its findings on events of `at` (ms) or later are to be judged again. */
  mark(subject: Subject, at: number): void {
    subject.late = Math.min(subject.late ?? Infinity, at);
    const mark = this.marks.get(subject.key);
    if (mark === undefined) this.marks.set(subject.key, { subject, pass: null, again: null });
    else if (mark.pass !== null) mark.again = Math.min(mark.again ?? Infinity, at);
  }

  /**
   * Findings to be judged again, about `limit` at most; the same again until they are `done`. Throws where MongoDB is away;
   * may then be called again.
   *
   * @param end number of the last block written
   */
  async next(limit: number, end: number): Promise<readonly Rejudgement[]> {
    if (this.given.length > 0) return this.given;
    const given: Rejudgement[] = [];
    const budget = { findings: limit, reads: READ_AT_MOST };
    while (this.marks.size > 0 && given.length === 0) {
      const marks = [...this.marks.values()].slice(0, BEGIN_TOGETHER);
      await this.begin(marks, end);
      for (const mark of marks) {
        if (mark.pass === null) continue;
        if (budget.findings <= 0 || budget.reads <= 0) break;
        await this.goOn(mark.subject.key, mark.pass, budget);
        const { found, blocks } = mark.pass;
        const last = blocks.length === 0;
        // That evidence is late is known by the block, or by the task; mostly no finding comes after it.
        if (last && found.length === 0 && budget.reads > 0) {
          this.finish(mark);
          continue;
        }
        mark.pass.found = [];
        given.push({ subject: mark.subject, findings: found, last });
        this.given = given;
        // The others have their turn before it goes on.
        this.marks.delete(mark.subject.key);
        this.marks.set(mark.subject.key, mark);
      }
    }
    return given;
  }

  /** Notes that these were judged again, and what came of it is part of the block under way. */
  done(given: readonly Rejudgement[]): void {
    for (const { subject, last } of given) {
      const mark = this.marks.get(subject.key);
      if (last && mark !== undefined) this.finish(mark);
    }
    this.given = this.given.filter((each) => !given.includes(each));
  }

  clear(): void {
    this.marks.clear();
    this.given = [];
  }

  private finish(mark: Mark): void {
    const { subject, again } = mark;
    mark.pass = mark.again = null;
    subject.late = again;
    if (again === null) this.marks.delete(subject.key);
    this.changed(subject);
  }

  /** Looks up the blocks of subjects, where that was not done yet. */
  private async begin(marks: readonly Mark[], end: number): Promise<void> {
    await Promise.all(
      marks.map(async (mark) => {
        if (mark.pass !== null) return;
        const late = mark.subject.late ?? Infinity;
        const blocks = await this.blocksOf(mark.subject, late, end);
        mark.pass = { late, blocks, said: new LastSaid(), found: [], usual: 1 };
      }),
    );
  }

  private async blocksOf(subject: Subject, late: number, end: number): Promise<number[]> {
    const { recent } = this;
    const blocks: number[] = [];
    for (const { n, latest, numbers } of recent.values()) {
      if (n >= subject.since && n <= end && latest >= late && numbers.has(subject.key)) blocks.push(n);
    }
    const isAllRecent = late > recent.latestBefore || (subject.since >= recent.first && subject.since >= 0);
    if (isAllRecent) return blocks;
    const earlier = await this.history.blocks(subject.blindId, late, Math.max(0, subject.since), recent.first);
    return [...earlier, ...blocks];
  }

  /** Goes on with a pass while the budget allows. What was looked at stays so where MongoDB fails in between. */
  private async goOn(key: string, pass: Pass, budget: { findings: number; reads: number }): Promise<void> {
    const look = (n: number, rows: readonly IndexedRow[]): void => {
      const before = pass.found.length;
      take(pass, n, rows);
      pass.blocks.pop();
      pass.usual = Math.max(1, pass.found.length - before);
      budget.findings -= pass.found.length - before;
    };
    while (pass.blocks.length > 0 && budget.findings > 0 && budget.reads > 0) {
      const newest = pass.blocks.at(-1) as number;
      const recent = this.recent.get(newest);
      if (recent !== undefined) {
        look(newest, rowsOf(recent, key));
        continue;
      }
      const enough = Math.ceil(budget.findings / pass.usual);
      const together = pass.blocks.slice(-Math.min(READ_TOGETHER, budget.reads, enough));
      const rows = await this.history.rows(key, together);
      budget.reads -= together.length;
      for (const n of together.reverse()) if (budget.findings > 0) look(n, rows.get(n) ?? []);
    }
  }
}

function rowsOf({ numbers, entries, evidence }: RecentBlock, key: string): IndexedRow[] {
  const number = numbers.get(key);
  return decodeEvidence(evidence, (index) => entries[index] === number);
}

/** Adds what a block says about the pass's subject. */
function take(pass: Pass, block: number, rows: readonly IndexedRow[]): void {
  const amended = pass.said.of(block);
  for (const { index, row } of rows) {
    if (row.kind === 'amendment') pass.said.note(row.amends.block, row.amends.index, row.said);
    if (row.kind !== 'finding') continue;
    const decoded = decodeRecord(row.value, writers);
    // It could be read once; whoever takes back a schema or narrows a limit loses what was written by it.
    if (!decoded.ok || decoded.event.event.occurredAt < pass.late) continue;
    const { source, register, repeat } = row;
    const timestamp = source.timestamp >= 0 ? source.timestamp : null;
    const said = amended.get(index) ?? row.said;
    pass.found.push({ block, index, event: decoded.event, timestamp, source, register, said, repeat });
  }
}

/** What amendments said last of findings not reached yet; sixteen bytes or so for each, since they may be many. */
class LastSaid {
  /** By block, for each amendment index and the two halves of the digest. */
  private readonly noted = new Map<number, number[]>();

  /** To be called for the newest amendment of a finding first. */
  note(block: number, index: number, said: string): void {
    const list = this.noted.get(block);
    const entry = [index, parseInt(said.slice(0, 8), 16), parseInt(said.slice(8), 16)];
    if (list === undefined) this.noted.set(block, entry);
    else list.push(...entry);
  }

  /** By index; forgets them. */
  of(block: number): ReadonlyMap<number, string> {
    const list = this.noted.get(block) ?? [];
    this.noted.delete(block);
    const said = new Map<number, string>();
    const half = (n: number | undefined) => (n ?? 0).toString(16).padStart(8, '0');
    // The newest was noted first, and so is set last.
    for (let i = list.length - 3; i >= 0; i -= 3) said.set(list[i] as number, half(list[i + 1]) + half(list[i + 2]));
    return said;
  }
}
