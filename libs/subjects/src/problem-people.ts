import { Binary } from 'mongodb';
import { DURABLE } from '#libs/trail';
import type { EntryRow } from './block-entries.js';
import type { Touch } from './codec.js';
import type { SubjectVault } from './collections.js';
import type { TouchDocument } from './documents.js';
import { duplicatesOf, isDoubtful } from './duplicates.js';
import type { KnownTokens } from './known-tokens.js';
import type { Subject } from './subject.js';

/** 64 bits: of a million people touched by one problem, two are taken for one with a probability of 1 in 37 million. */
const TOKEN_BYTES = 8;
/** Tokens are written once so many wait, or the last were written so long ago, ms: seldom, as each time costs a journal sync. */
const WRITE_TOKENS = 1_000;
const WRITE_EVERY_MS = 1_000;

/** What stands for a person in one problem, 8 bytes as Latin-1: the beginning of the secret's digest of the problem's id. */
export function tokenOf(subject: Pick<Subject, 'tag'>, problem: string): string {
  return subject.tag(`problem/${problem}`).slice(0, TOKEN_BYTES);
}

/**
 * Whom the problems of one task touch, so that it can be told how many people that are, and nothing else: once the secret of
 * a person is destroyed nobody can tell any more whose tokens theirs are, and they still count.
 *
 * What is new is part of the block's journal, so it is good where the block came about, and void with the secrets drawn for
 * it where it did not: a person is not counted twice, nor left out. From there it is written to the collection some time
 * after, and again by whoever takes the journal over.
 */
export class ProblemPeople {
  /** Of the block under way, by token. */
  private fresh = new Map<string, Touch>();
  /** Of blocks that are durable, still to be written. */
  private waiting: Touch[] = [];
  private wroteAt = -Infinity;

  /** @param known of this and other tasks */
  constructor(private readonly known: KnownTokens) {}

  /** Takes down whom the block under way is about, and gives what is new of it. */
  list(entries: readonly EntryRow[]): readonly Touch[] {
    this.fresh = new Map();
    for (const entry of entries) {
      if (entry === null) continue;
      for (const problem of entry.problems) {
        const token = tokenOf(entry.subject, problem);
        if (this.known.has(token)) continue;
        this.fresh.set(token, { key: entry.subject.key, problem, token });
      }
    }
    return [...this.fresh.values()];
  }

  /** Notes that the block is durable. */
  written(): void {
    this.adopt(this.fresh.values());
    this.fresh = new Map();
  }

  /** Takes over what good journal documents say. */
  adopt(touched: Iterable<Touch>): void {
    for (const touch of touched) {
      this.known.add(touch.token);
      this.waiting.push(touch);
    }
  }

  /** Whether it is time to write what waits. */
  get isDue(): boolean {
    const { length } = this.waiting;
    return length >= WRITE_TOKENS || (length > 0 && performance.now() >= this.wroteAt + WRITE_EVERY_MS);
  }

  /** All that waits, to be written now; it waits no more. */
  take(): readonly Touch[] {
    const { waiting } = this;
    this.waiting = [];
    this.wroteAt = performance.now();
    return waiting;
  }
}

/** Throws where MongoDB is away; may then be called again. */
export async function writeTouched(
  { collections }: Pick<SubjectVault, 'collections'>,
  touched: readonly Touch[],
): Promise<void> {
  const documents = touched.map(({ problem, token }): TouchDocument => {
    return { _id: { p: problem, t: new Binary(Buffer.from(token, 'latin1')) } };
  });
  for (let done = documents.length === 0; !done;) {
    try {
      await collections.touched.insertMany(documents, { ordered: false, writeConcern: DURABLE });
      done = true;
    } catch (fault) {
      // There already by an earlier try, by an earlier owner whose journal this is from, or for an earlier finding.
      done = duplicatesOf(fault) !== null;
      if (!done && !isDoubtful(fault)) throw fault;
    }
  }
}
