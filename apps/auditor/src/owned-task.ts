import type { Decoded, EntryAccount } from '#libs/events';
import { useOf } from '#libs/judge';
import type { BatchOutcome, DeadLetters, IdleOutcome, Positions, TaskBatch, TaskIdle } from '#libs/stream';
import type { Rejudgement, Subject, TaskSubjects } from '#libs/subjects';
import { LostOwnership, makeBlock, MAX_BLOCK_BYTES, requireSequel } from '#libs/trail';
import type { BlockRange, ChainEnd, MongoWatch, TrailWriter } from '#libs/trail';
import { amendFindings } from './amend.js';
import { auditBatch, learnBatch, subjectKeys } from './audit-batch.js';
import type { AuditedBatch } from './audit-batch.js';
import type { CalendarClock } from './calendar-clock.js';
import { CalendarKeeper } from './calendar-keeper.js';
import { Draft } from './draft.js';
import type { LateFinding, Metrics } from './metrics.js';
import type { LoadedRulebook, RegisterBook } from './register-book.js';
import type { SweepClock } from './sweep-clock.js';
import { dueBy, sweepDuties } from './sweep.js';
import { Tally } from './tally.js';

/** Findings of earlier blocks that a block judges again, at most about. */
const REJUDGED_A_BLOCK = 2_000;
/** Subjects of whom a block finds out whether their duties are to be looked at, at most. */
const SWEPT_A_BLOCK = 500;

/** What an owned task works with. */
export interface OwnedTaskParts {
  readonly trail: TrailWriter;
  readonly watch: MongoWatch;
  readonly deadLetters: Pick<DeadLetters, 'send'>;
  readonly book: RegisterBook;
  readonly metrics: Metrics;
  readonly log: { warn(fields: object, message: string): void };
  /** The time, ms since the epoch. */
  readonly now: () => number;
  /** The same by another clock, MongoDB's. */
  readonly serverTime: () => Promise<number>;
}

/** What there is to do beside records. */
interface Chores {
  readonly rejudgements: readonly Rejudgement[];
  /** As of when duties are looked at, whose, and whether nobody is left; null: not now. */
  readonly sweep: { readonly at: number; readonly subjects: readonly Subject[]; readonly ended: boolean } | null;
}

/** How far a block takes the task's topics. */
interface Progress {
  readonly ranges: readonly BlockRange[];
  readonly next: Positions;
}

interface ChoresDone {
  readonly found: readonly LateFinding[];
  /** True where there may be more to do. */
  readonly more: boolean;
}

type Written = 'written' | 'lost' | 'aborted';

/**
 * A task that is ours: makes the blocks of its chain, one at a time.
 *
 * Every block is made the same way, with records or without: what they teach is learnt, they are judged, findings of
 * earlier blocks that this may change are judged again, duties are looked at, and what all that says becomes durable
 * together with what was learnt. What a block has no room for is for the next one.
 */
export class OwnedTask {
  /** False while something is in memory that may not become durable. */
  private orderly = true;
  /** Digest of the set of registers that the chain was last told of by us. */
  private stated: string | null = null;
  /** How far findings were judged again that did not fit one block. */
  private readonly begun = new WeakMap<Rejudgement, number>();
  private readonly calendar: CalendarKeeper;

  /**
   * @param writer id of this ownership; blocks name it
   * @param end where the chain stands
   */
  constructor(
    readonly task: number,
    private readonly parts: OwnedTaskParts,
    private readonly subjects: TaskSubjects,
    private readonly writer: string,
    private readonly clock: SweepClock,
    calendarClock: CalendarClock,
    private end: ChainEnd | null,
  ) {
    this.calendar = new CalendarKeeper(subjects, calendarClock, parts.book);
  }

  /** Subjects of whom findings are to be judged again. */
  get marked(): number {
    return this.subjects.marked;
  }

  /** As of when duties were looked at last, ms; -Infinity: not yet. */
  get sweptAt(): number {
    return this.clock.at;
  }

  /** How long it took to look at everybody's duties last, ms; null: that was not done yet. */
  get sweepTook(): number | null {
    return this.clock.took;
  }

  /** Audits a batch, or as much of it as fits one block. */
  async batch(batch: TaskBatch, decoded: readonly Decoded[]): Promise<BatchOutcome> {
    const { watch, book, metrics } = this.parts;
    const { records, signal } = batch;
    const started = performance.now();
    const keys = subjectKeys(decoded);
    const known = await watch.untilDone(() => this.subjects.load(keys), signal);
    if (known === null) return { kind: 'aborted' };
    this.orderly = false;
    const rulebook = book.current;
    learnBatch(decoded, known, this.subjects);
    const chores = await this.chores(rulebook, batch.reached, signal);
    if (chores === null) return { kind: 'aborted' };
    const draft = this.draft();
    const audited = auditBatch(draft, records, decoded, known, this.subjects, rulebook);
    const done = this.doChores(draft, chores, rulebook);
    const { count } = audited;
    // Topics that are audited no more keep their place, for the day that they are again.
    const next = { ...this.end?.next, ...batch.positions(count) };
    const progress = { ranges: batch.ranges(count), next };
    const written = await this.write(draft, rulebook, progress, audited, done.found, signal);
    if (written !== 'written') return { kind: written };
    metrics.audited(audited, (performance.now() - started) / 1_000);
    metrics.found(done.found);
    this.tellMisplaced(audited);
    await this.lookAhead(rulebook, batch.reached);
    return { kind: 'done', count };
  }

  /** Does what time calls for, as much as one block takes, and looks whether the task is still ours. */
  async idle({ reached, signal }: TaskIdle): Promise<IdleOutcome> {
    const { book, metrics } = this.parts;
    const rulebook = book.current;
    this.orderly = false;
    const chores = await this.chores(rulebook, reached, signal);
    if (chores === null) return 'ours';
    const draft = this.draft();
    const done = this.doChores(draft, chores, rulebook);
    if (draft.count > 0) {
      const progress = { ranges: [], next: this.end?.next ?? {} };
      const written = await this.write(draft, rulebook, progress, null, done.found, signal);
      if (written !== 'written') return written === 'lost' ? 'lost' : 'ours';
      metrics.found(done.found);
      return 'more';
    }
    this.orderly = true;
    this.subjects.idle();
    const aheadToo = await this.lookAhead(rulebook, reached);
    if (done.more || aheadToo) return 'more';
    return (await this.isLost()) ? 'lost' : 'ours';
  }

  async close(withinMs: number): Promise<void> {
    await this.calendar.close();
    await this.subjects.close(this.orderly, withinMs);
  }

  private draft(): Draft<Subject> {
    return new Draft(this.task, (this.end?.n ?? -1) + 1, this.parts.now(), MAX_BLOCK_BYTES);
  }

  /** What there is to do now, with the registers it takes; null where the signal came first. */
  private async chores(rulebook: LoadedRulebook, reached: number, signal: AbortSignal): Promise<Chores | null> {
    const { subjects, clock } = this;
    const { watch, serverTime, book, now } = this.parts;
    if (clock.isDoubtful(reached)) {
      const time = await watch.untilDone(serverTime, signal);
      if (time === null) return null;
      clock.correct(time);
    }
    const at = clock.due(reached);
    if (at === null && subjects.marked === 0) return { rejudgements: [], sweep: null };
    return watch.untilDone(async () => {
      const rejudgements = subjects.marked > 0 ? await subjects.toRejudge(REJUDGED_A_BLOCK) : [];
      this.recallUses(rejudgements);
      let swept: readonly Subject[] | null = null;
      if (at !== null) {
        const { registers } = rulebook;
        subjects.inForce(this.digestAt(rulebook, at), dueBy(registers, book.resolve, now));
        swept = await subjects.toSweep(at, SWEPT_A_BLOCK);
      }
      await book.require(registersOf(rejudgements, swept ?? []));
      return { rejudgements, sweep: at === null ? null : { at, subjects: swept ?? [], ended: swept === null } };
    }, signal);
  }

  /** Stands for the registers in force at a time. What was looked at by a wrong clock is so again, as by other registers. */
  private digestAt({ registers }: LoadedRulebook, at: number): string {
    const { correctedAt } = this.clock;
    return registers.inForceDigest(at) + (correctedAt === null ? '' : ` ${correctedAt}`);
  }

  private lookAhead(rulebook: LoadedRulebook, reached: number): Promise<boolean> {
    const { registers } = rulebook;
    return this.calendar.goOn({ registers, digestAt: (at) => this.digestAt(rulebook, at) }, reached);
  }

  private doChores(draft: Draft<Subject>, { rejudgements, sweep }: Chores, rulebook: LoadedRulebook): ChoresDone {
    const { subjects, clock } = this;
    const { resolve } = this.parts.book;
    const { done, amendments } = amendFindings(draft, rejudgements, rulebook, resolve, this.begun);
    if (done.length > 0) subjects.rejudged(done);
    const found: LateFinding[] = amendments.map((one) => ({ ...one, amendment: true }));
    if (sweep === null) return { found, more: rejudgements.length > 0 };
    if (sweep.ended) clock.done();
    const swept = sweepDuties(draft, sweep.subjects, sweep.at, rulebook.registers, resolve);
    for (const { subject, ...result } of swept.results) subjects.swept(subject, result);
    return { found: [...found, ...swept.found], more: rejudgements.length > 0 || !sweep.ended };
  }

  /** Evidence that came late may make uses of data matter for duties that did not before; see `Uses`. */
  private recallUses(rejudgements: readonly Rejudgement[]): void {
    for (const { subject, findings } of rejudgements) {
      for (const { event } of findings) {
        const use = useOf(event);
        if (use !== null) this.subjects.learn(subject, { fact: null, use, occurredAt: use.at });
      }
    }
  }

  /** Makes a block of the draft, and it and what was learnt durable together. */
  private async write(
    draft: Draft<Subject>,
    rulebook: LoadedRulebook,
    { ranges, next }: Progress,
    audited: AuditedBatch | null,
    found: readonly LateFinding[],
    signal: AbortSignal,
  ): Promise<Written> {
    const { task, end, writer, subjects } = this;
    requireSequel({ task, ranges, next }, end);
    const tally = new Tally();
    if (audited !== null) tally.addAll(audited.tally);
    for (const { controller, finding } of found) tally.add(controller, finding);
    const { n, recordedAt } = draft;
    const account: EntryAccount = {
      task,
      block: n,
      previous: end?.digest ?? null,
      ranges,
      registers: this.stated === rulebook.digest ? null : rulebook.stated,
    };
    const entries = draft.seal(account);
    const before = Promise.all([subjects.journal(n, draft.rows, signal), this.bury(audited, signal)]);
    const content = { task, ranges, next, entries, writer, recordedAt, summary: tally.summary() };
    const { at } = this.clock;
    const block = makeBlock(at === -Infinity ? content : { ...content, sweptAt: at }, end);
    if (!(await before).every(Boolean)) return 'aborted';
    try {
      if (!(await this.parts.trail.append(block, signal))) return 'aborted';
    } catch (fault) {
      if (!(fault instanceof LostOwnership)) throw fault;
      await subjects.discard(n);
      return 'lost';
    }
    subjects.written(n);
    this.end = block;
    // A block without an entry says nothing.
    if (entries.count > 0) this.stated = rulebook.digest;
    this.orderly = true;
    return 'written';
  }

  private async bury(audited: AuditedBatch | null, signal: AbortSignal): Promise<boolean> {
    if (audited === null || audited.unreadable.length === 0) return true;
    const letters = audited.unreadable.map((record) => ({ record, reason: 'event-unreadable' }));
    return this.parts.deadLetters.send(letters, signal);
  }

  /** Whether somebody else has written to the task: what is in memory of it may be of people who were erased. */
  private async isLost(): Promise<boolean> {
    const next = (this.end?.n ?? -1) + 1;
    const written = await this.parts.trail.writers(this.task, next, next).catch(() => null);
    return written !== null && written.size > 0;
  }

  private tellMisplaced({ misplaced }: AuditedBatch): void {
    if (misplaced === 0) return;
    this.parts.log.warn(
      { task: this.task, count: misplaced },
      'record keys that are not <controller>/<subject>: facts about these subjects may be missed',
    );
  }
}

function registersOf(rejudgements: readonly Rejudgement[], swept: readonly Subject[]): Set<string> {
  const ids = new Set<string>();
  for (const { findings } of rejudgements)
    for (const { register } of findings) if (register !== null) ids.add(register);
  for (const { duties } of swept) for (const { register } of duties) ids.add(register);
  return ids;
}
