import { expect, test } from '@jest/globals';
import type { TaskBatch } from '#libs/stream';
import { Registers } from '#libs/register';
import type { TaskSubjects } from '#libs/subjects';
import type { Block } from '#libs/trail';
import { CalendarClock } from './calendar-clock.js';
import { OwnedTask } from './owned-task.js';
import type { OwnedTaskParts } from './owned-task.js';
import { SweepClock } from './sweep-clock.js';

const later = () => new CalendarClock(1_000, () => 0);
const never = () => {
  throw new Error('nothing may be written');
};

test('a batch that does not follow what the trail holds is refused before anything is written', async () => {
  const parts = {
    trail: { append: never },
    deadLetters: { send: never },
    watch: { untilDone: (action: () => Promise<unknown>) => action() },
    book: { current: { digest: 'd', stated: [] }, resolve: () => undefined },
    now: () => 0,
  } as unknown as OwnedTaskParts;
  const subjects = { marked: 0, load: async () => undefined, journal: never } as unknown as TaskSubjects;
  const owned = new OwnedTask(3, parts, subjects, 'writer', new SweepClock(1_000, () => 0), later(), null);
  const batch = {
    records: [],
    ranges: () => [{ topic: 'orders', partition: 3, from: 5, to: 6, lost: false }],
    positions: () => ({ orders: 6 }),
    reached: Infinity,
    signal: new AbortController().signal,
  } as unknown as TaskBatch;
  await expect(owned.batch(batch, [])).rejects.toThrow(
    'block 0 of task 3 does not follow: orders would be audited from offset 5, though the trail holds it up to 0',
  );
});

test('a topic that is audited no more keeps its place in the chain', async () => {
  let written: Block | undefined;
  const parts = {
    trail: { append: async (block: Block) => ((written = block), true) },
    deadLetters: { send: never },
    watch: { untilDone: (action: () => Promise<unknown>) => action() },
    book: { current: { digest: 'd', stated: [], registers: new Registers([]) }, resolve: () => undefined },
    metrics: { audited: () => undefined, found: () => undefined },
    now: () => 0,
  } as unknown as OwnedTaskParts;
  const subjects = { marked: 0, load: async () => undefined, journal: async () => true, written: () => undefined };
  const end = { n: 4, digest: Buffer.alloc(32), next: { orders: 5, marketing: 7 } };
  const clock = new SweepClock(1_000, () => 0);
  const owned = new OwnedTask(3, parts, subjects as unknown as TaskSubjects, 'writer', clock, later(), end);
  const batch = {
    records: [],
    ranges: () => [{ topic: 'orders-2', partition: 3, from: 0, to: 6, lost: false }],
    positions: () => ({ 'orders-2': 6, marketing: 7 }),
    reached: Infinity,
    signal: new AbortController().signal,
  } as unknown as TaskBatch;
  expect(await owned.batch(batch, [])).toEqual({ kind: 'done', count: 0 });
  expect(written?.next).toEqual({ orders: 5, 'orders-2': 6, marketing: 7 });
});
