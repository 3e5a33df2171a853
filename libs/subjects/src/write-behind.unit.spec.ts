import { describe, expect, test } from '@jest/globals';
import type { MongoWatch } from '#libs/trail';
import type { SubjectVault } from './collections.js';
import { NEVER } from './documents.js';
import type { TouchDocument } from './documents.js';
import type { DueSubjects } from './due-subjects.js';
import { KnownTokens } from './known-tokens.js';
import { ProblemPeople } from './problem-people.js';
import { Subject } from './subject.js';
import type { SubjectWrite } from './subject-writes.js';
import { WriteBehind, type WriteBehindOptions } from './write-behind.js';

interface Given extends Partial<WriteBehindOptions> {
  /** Last block of the owners before. */
  readonly inherited?: number;
}

/** Documents that follow blocks, with nothing but the bounds that are given. */
class Following {
  /** Blind ids of the documents written, in order. */
  readonly written: string[] = [];
  /** How often dates were told to be written. */
  saved = 0;
  /** What became of tokens and the journal, in order. */
  readonly done: string[] = [];
  private readonly people = new ProblemPeople(new KnownTokens(1_000));
  /** Writing waits for this. */
  held: Promise<void> = Promise.resolve();
  private readonly subjects = new Map<string, Subject>();
  private readonly documents: WriteBehind;
  private last: number;

  constructor({ inherited = -1, ...bounds }: Given) {
    this.last = inherited;
    const options = { keepBlocks: Infinity, keepBytes: Infinity, keepSubjects: Infinity, flushSubjects: 1_000, ...bounds }; // prettier-ignore
    const dues = {
      dateOf: () => new Date(NEVER),
      takeWrites: () => [],
      saved: () => void this.saved++,
      takeReset: () => false,
      takeDigest: () => null,
    } as unknown as DueSubjects;
    const watch = { untilDone: (work: () => Promise<boolean>) => work() } as unknown as MongoWatch;
    this.documents = new WriteBehind({ task: 0, writer: 'owner', inherited, watermark: -1 }, this.vault(), watch, options, {
      dues,
      people: this.people,
      lastWritten: () => this.last,
      underWay: () => [],
    }); // prettier-ignore
  }

  /** What the journal says of a block of an owner before. */
  replay(n: number, keys: readonly string[]): void {
    for (const key of keys) this.documents.keep(this.subject(key), n);
  }

  /** The next block: it changes these subjects, with so many bytes of journal. */
  async block(keys: readonly string[], bytes = 1): Promise<void> {
    this.last++;
    for (const key of keys) this.documents.keep(this.subject(key), this.last);
    this.documents.after(this.last, bytes);
    await turn();
  }

  /** The block to come shows that a problem touches somebody, for whom the token stands. */
  touch(token: string): void {
    this.people.adopt([{ key: 'acme/s-0', problem: 'p1-0', token }]);
  }

  /** What is to be done without a block. */
  async idle(): Promise<void> {
    this.documents.withoutBlock();
    await turn();
  }

  get behind(): string[] {
    return [...this.subjects.values()]
      .filter((subject) => this.documents.isBehind(subject))
      .map(({ key }) => key)
      .sort();
  }

  private subject(key: string): Subject {
    let subject = this.subjects.get(key);
    if (subject === undefined) this.subjects.set(key, (subject = Subject.first(key, Buffer.from(key))));
    return subject;
  }

  private vault(): SubjectVault {
    const none = { find: () => ({ project: () => ({ toArray: () => [] }) }), deleteMany: () => undefined };
    const bulkWrite = async (writes: SubjectWrite[]): Promise<void> => {
      await this.held;
      for (const write of writes) {
        if ('insertOne' in write) this.written.push(idOf(write.insertOne.document));
        if ('replaceOne' in write) this.written.push(idOf(write.replaceOne.replacement, write.replaceOne.filter));
      }
    };
    const insertMany = async (documents: TouchDocument[]): Promise<void> => {
      await this.held;
      for (const { _id } of documents) this.done.push(`wrote ${idOf({ _id: _id.t })}`);
    };
    const deleteMany = ({ _id }: { _id: { $lt: { n: unknown } } }) =>
      this.done.push(`no journal to ${Number(_id.$lt.n) - 1}`);
    const collections = {
      subjects: { bulkWrite },
      watermarks: { updateOne: () => undefined },
      touched: { insertMany },
      journal: { ...none, deleteMany },
      positions: none,
      evidence: none,
    };
    return { collections, ring: { seal: () => ({}) } } as unknown as SubjectVault;
  }
}

/** What is written is written after this, unless it is held: nothing is waited for but promises. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function idOf(...documents: object[]): string {
  const [id] = documents.flatMap((document) => ('_id' in document ? [document._id as { buffer: Uint8Array }] : []));
  return Buffer.from(id?.buffer ?? []).toString();
}

const keys = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `s-${String(from + i).padStart(3, '0')}`);

describe('documents follow', () => {
  test('as many blocks behind as are to be kept', async () => {
    const following = new Following({ keepBlocks: 3 });
    for (let n = 0; n < 40; n++) {
      await following.block(keys(n, n + 1));
      expect(following.behind).toEqual(keys(Math.max(0, n - 2), n + 1));
      expect(following.written).toEqual(keys(0, Math.max(0, n - 2)));
    }
  });

  test('some blocks at a time where many are to be kept, so that a command writes many documents', async () => {
    const following = new Following({ keepBlocks: 128 });
    const written: number[] = [];
    for (let n = 0; n < 134; n++) {
      await following.block(keys(n, n + 1));
      written.push(following.written.length);
    }
    // One in 64 of them: two beyond the bound, and then those two and the one that is too old by now.
    expect(written.slice(127)).toEqual([0, 0, 0, 3, 3, 3, 6]);
  });

  test('with as many bytes of journal behind them as are to be kept', async () => {
    const following = new Following({ keepBytes: 100 });
    for (let n = 0; n < 10; n++) {
      await following.block(keys(n, n + 1), 30);
      expect(following.behind).toEqual(keys(Math.max(0, n - 2), n + 1));
    }
    await following.block(keys(10, 11), 10);
    expect(following.behind).toEqual(keys(7, 11));
    // More than all that is to be kept; afterwards there is room again.
    await following.block(keys(11, 12), 101);
    expect(following.behind).toEqual([]);
    await following.block(keys(12, 13), 100);
    expect(following.behind).toEqual(keys(12, 13));
  });

  test('with as many subjects behind as are to be kept, those longest behind first', async () => {
    const following = new Following({ keepSubjects: 4 });
    for (let n = 0; n < 10; n++) {
      await following.block(keys(n * 3, n * 3 + 3));
      expect(following.behind).toEqual(keys(Math.max(0, n * 3 - 1), n * 3 + 3));
    }
    // Whoever is behind counts once, however often something changes.
    const written = following.written.length;
    for (let n = 0; n < 5; n++) await following.block(keys(26, 30));
    expect(following.written).toHaveLength(written);
  });

  test('one by one where nothing is to be kept, again where there was another change', async () => {
    const following = new Following({ keepBlocks: 0 });
    for (let n = 0; n < 3; n++) await following.block(['s-0']);
    expect(following.written).toEqual(['s-0', 's-0', 's-0']);
    expect(following.saved).toBe(3);
  });

  test('never, where there is room for everything', async () => {
    const following = new Following({});
    for (let n = 0; n < 100; n++) await following.block(keys(n, n + 1));
    expect(following.written).toEqual([]);
  });

  test('so many at a time, or an eighth of all', async () => {
    const few = new Following({ keepSubjects: 0, flushSubjects: 2 });
    await few.block(keys(0, 5));
    expect(few.written).toEqual(keys(0, 2));
    await few.block([]);
    expect(few.written).toEqual(keys(0, 4));
    const many = new Following({ keepSubjects: 0, flushSubjects: 2 });
    await many.block(keys(0, 80));
    expect(many.written).toEqual(keys(0, 10));
  });
});

test('documents that the owners before left behind are written first, whatever there is room for', async () => {
  const following = new Following({ inherited: 4, flushSubjects: 3 });
  following.replay(2, ['s-a', 's-b']);
  following.replay(4, ['s-a', 's-c', 's-d']);
  await following.block(['s-b', 's-e']);
  expect(following.written).toEqual(['s-a', 's-b']);
  // With a date of its own each, in case that the owner before writes it late.
  expect(following.behind).toEqual(['s-c', 's-d', 's-e']);
  await following.block([]);
  await following.block([]);
  expect(following.behind).toEqual(['s-e']);
});

test('what is to be written while others are being written follows with the next block', async () => {
  const following = new Following({ keepBlocks: 1 });
  let release: () => void = () => undefined;
  following.held = new Promise((resolve) => (release = resolve));
  for (let n = 0; n < 6; n++) await following.block(keys(n, n + 1));
  expect(following.written).toEqual([]);
  expect(following.behind).toEqual(keys(1, 6));
  release();
  await turn();
  expect(following.written).toEqual(keys(0, 1));
  await following.block(keys(6, 7));
  expect(following.behind).toEqual(keys(6, 7));
  expect(following.written).toEqual(keys(0, 6));
});

describe('whom problems touch', () => {
  test('is written soon, many together, with or without a block', async () => {
    const following = new Following({});
    following.touch('token-00');
    following.touch('token-01');
    await following.block([]);
    expect(following.done).toEqual(['wrote token-00', 'wrote token-01']);
    following.touch('token-02');
    await following.idle();
    expect(following.done).toHaveLength(2);
    for (let i = 0; i < 1_000; i++) following.touch(`t-${String(i).padStart(6, '0')}`);
    await following.idle();
    expect(following.done).toHaveLength(1_003);
  });

  test('INVARIANT: is written before the journal that has it goes', async () => {
    const following = new Following({ keepBlocks: 3 });
    for (let n = 0; n < 200; n++) {
      following.touch(`of ${String(n).padStart(5, '0')}`);
      await following.block(keys(n, n + 1));
    }
    const tidied = following.done.flatMap((text, i) => (text.startsWith('no journal') ? [i] : []));
    expect(tidied.length).toBeGreaterThan(2);
    for (const i of tidied) {
      const watermark = Number(following.done[i]?.split(' ').at(-1));
      const written = following.done.slice(0, i).filter((text) => text.startsWith('wrote'));
      expect(written.length).toBeGreaterThanOrEqual(watermark + 1);
    }
  });
});
