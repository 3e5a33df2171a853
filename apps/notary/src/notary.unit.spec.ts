import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Frontier } from '#libs/log';
import { DamagedTrail } from '#libs/trail';
import type { LogWriter } from '#libs/trail';
import { FAILURES, faulty, StoreAway } from '../../../test/support/faulty-log.js';
import type { Failure } from '../../../test/support/faulty-log.js';
import { logContract, settle, testIdentity } from '../../../test/support/log-contract.js';
import { Chains } from '../../../test/support/log-harness.js';
import { MemoryLog } from '../../../test/support/memory-log.js';
import { checkLog } from '../../../test/support/naive-log.js';
import { Notary } from './notary.js';

logContract(async () => new MemoryLog());

const identity = testIdentity();
const COUNTS = [0, 0, 1, 2, 100, 255, 256, 257, 700];

/** Things that happen to a log: a block of a task, or a round of a notary. */
type Step = { kind: 'block'; task: number; count: number } | { kind: 'round'; notary: number; restart: boolean };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('block' as const),
    task: fc.integer({ min: -1, max: 4 }),
    count: fc.constantFrom(...COUNTS),
  }),
  fc.record({ kind: fc.constant('round' as const), notary: fc.nat(1), restart: fc.boolean() }),
);
const failure = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constantFrom<Failure>(...FAILURES) },
);

describe('crashes and other notaries', () => {
  test('one order, every block once, and no checkpoint that contradicts another', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(step, { minLength: 4, maxLength: 24 }),
        fc.array(failure, { maxLength: 40 }),
        async (scheduler, steps, failures) => {
          const world = new MemoryLog();
          const chains = new Chains();
          const plan = (): Failure | null => failures.pop() ?? null;
          const turn = (): Promise<unknown> => scheduler.schedule(Promise.resolve());
          const log = faulty(world.log, plan, turn);
          const started = (): Notary => new Notary({ log, tilesAt: world.tilesAt }, identity);
          const notaries = [started(), started()];
          /** What each notary does, and the auditors, one thing after the other; the three go on side by side. */
          const busy: Promise<unknown>[] = [Promise.resolve(), Promise.resolve(), Promise.resolve()];
          let total = 0;
          for (const one of steps) {
            if (one.kind === 'block') {
              const block = chains.block(one.task, one.count);
              busy[2] = (busy[2] as Promise<unknown>).then(turn).then(() => world.append(block));
              total += one.count;
              continue;
            }
            busy[one.notary] = (busy[one.notary] as Promise<unknown>).then(async () => {
              try {
                await (notaries[one.notary] as Notary).round();
              } catch (fault) {
                if (!(fault instanceof StoreAway)) throw fault;
                if (one.restart) notaries[one.notary] = started();
              }
            });
          }
          const both = Promise.all(busy);
          both.catch(() => undefined); // awaited below
          await scheduler.waitFor(both);
          const before = await world.dump();
          expect(checkLog(before).faults).toEqual([]);
          failures.length = 0;
          const last = settle(new Notary(world, identity));
          last.catch(() => undefined); // awaited below
          await last;
          const after = await world.dump();
          const trailing = trailingEmpty(after);
          expect(checkLog(after)).toEqual({ faults: [], size: total });
          const placed = after.sequences.flatMap(({ blocks }) => blocks).length;
          expect(placed + trailing).toBe(after.blocks.length);
          for (const { size, root } of before.checkpoints) {
            expect(after.checkpoints.find((each) => each.size === size)?.root).toEqual(root);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  test('INVARIANT: the second notary stands by while the first works, and takes over when it stops', async () => {
    const world = new MemoryLog();
    const chains = new Chains();
    const [first, second] = [new Notary(world, identity), new Notary(world, identity)];
    for (const notary of [first, second]) expect((await notary.round()).kind).toBe('idle');
    await world.append(chains.block(0, 1));
    expect((await first.round()).kind).toBe('signed');
    expect((await second.round()).kind).toBe('lost');
    for (let i = 0; i < 5; i++) {
      await world.append(chains.block(0, 1));
      expect((await first.round()).kind).toBe('signed');
      expect((await second.round()).kind).toBe('standing by');
    }
    await world.append(chains.block(0, 1));
    const kinds: string[] = [];
    while (kinds.at(-1) !== 'signed' && kinds.length < 9) kinds.push((await second.round()).kind);
    expect(kinds).toEqual(['standing by', 'signed']);
    expect((await first.round()).kind).toBe('lost');
    expect(checkLog(await world.dump())).toEqual({ faults: [], size: 7 });
  });

  test('a level-1 tile is completed by the notary that heals', async () => {
    const world = new MemoryLog();
    const chains = new Chains();
    await world.append(chains.block(0, 65_500));
    await settle(new Notary(world, identity));
    await world.append(chains.block(1, 300));
    let tiles = 0;
    const plan = (write: string): Failure | null =>
      write === 'insertTiles' && tiles++ === 0 ? 'half persisted' : null;
    await expect(new Notary({ ...world, log: faulty(world.log, plan) }, identity).round()).rejects.toThrow(StoreAway);
    await settle(new Notary(world, identity));
    const dump = await world.dump();
    expect(checkLog(dump)).toEqual({ faults: [], size: 65_800 });
    expect(dump.tiles.filter(({ level }) => level === 1)).toHaveLength(1);
  });

  test('a block that was passed over while the others were read is taken in the next round', async () => {
    const world = new MemoryLog();
    const chains = new Chains();
    for (const count of [1, 2, 4]) await world.append(chains.block(0, count));
    let passedOver = false;
    const newBlocks: LogWriter['newBlocks'] = async (next, limits) => {
      const found = await world.log.newBlocks(next, limits);
      if (passedOver) return found;
      passedOver = true;
      return { ...found, blocks: found.blocks.filter(({ n }) => n !== 1) };
    };
    const notary = new Notary({ log: { ...world.log, newBlocks }, tilesAt: world.tilesAt }, identity);
    expect(await notary.round()).toMatchObject({ kind: 'signed', more: true, checkpoint: { size: 1 } });
    await settle(notary);
    expect(checkLog(await world.dump())).toEqual({ faults: [], size: 7 });
  });

  test('a clock that goes backwards changes nothing but times', async () => {
    const world = new MemoryLog();
    const chains = new Chains();
    const notary = new Notary(world, identity);
    const clock = Date.now;
    try {
      let now = clock();
      Date.now = () => (now -= 3_600_000);
      for (let i = 0; i < 5; i++) {
        await world.append(chains.block(0, 100));
        await settle(notary);
      }
    } finally {
      Date.now = clock;
    }
    expect(checkLog(await world.dump())).toEqual({ faults: [], size: 500 });
  });
});

describe('nothing is signed', () => {
  async function damaged(change: (world: MemoryLog) => Promise<unknown>, by = identity): Promise<string> {
    const world = new MemoryLog();
    const chains = new Chains();
    for (const task of [0, 1]) await world.append(chains.block(task, 200));
    await settle(new Notary(world, identity));
    await world.append(chains.block(0, 5));
    await change(world);
    const before = (await world.dump()).checkpoints.length;
    const fault: unknown = await new Notary(world, by).round().catch((each: unknown) => each);
    if (!(fault instanceof DamagedTrail)) throw fault;
    expect((await world.dump()).checkpoints).toHaveLength(before);
    return fault.message;
  }

  test('where the rebuilt root is not that of the last checkpoint', async () => {
    const told = await damaged(async (world) => {
      const { blocks } = await world.dump();
      const [block] = blocks.filter(({ task }) => task === 1) as [(typeof blocks)[0]];
      await world.append({ ...block, hashes: Buffer.concat([block.hashes.subarray(32), Buffer.alloc(32)]) });
    });
    expect(told).toContain('The log up to entry 400 is not what its last checkpoint says');
  });

  test('where a tile that it completes is there with other hashes', async () => {
    const told = await damaged(async (world) => {
      await world.append({ ...(await nextOf(world, 0, 300)) });
      await world.log.insertTiles(
        Frontier.empty()
          .append(Buffer.alloc(512 * 32))
          .slice(1),
      );
    });
    expect(told).toContain('tile 0/1');
  });

  test('where a task’s chain skips a number', async () => {
    const told = await damaged(async (world) => world.append({ ...(await nextOf(world, 1, 5)), n: 2 }));
    expect(told).toBe('Block 1/1 is missing, though later blocks of the task are there.');
  });

  test('where a sequence does not continue the one before', async () => {
    const places = [{ task: 0, n: 2, count: 5 }];
    const told = await damaged(({ log }) =>
      log.insertSequence({
        start: 400,
        end: 405,
        blocks: places,
        next: new Map([
          [0, 3],
          [1, 1],
        ]),
        notary: 'x',
        sequencedAt: 0,
      }),
    );
    expect(told).toContain('begins with entry 400 does not continue');
  });

  test('where the place behind the last checkpoint is free, and later ones are taken', async () => {
    const told = await damaged(({ log }) =>
      log.insertSequence({ start: 500, end: 501, blocks: [], next: new Map(), notary: 'x', sequencedAt: 0 }),
    );
    expect(told).toContain('No sequence of blocks begins with entry 400');
  });

  test('where the last checkpoint is of another log, or signed by a key that is not known', async () => {
    expect(await damaged(async () => undefined, testIdentity('other.test/log'))).toContain('is of the log');
    expect(await damaged(async () => undefined, testIdentity())).toContain('signed by no key that is known here');
  });

  test('but with a new key beside the old one it is, by both', async () => {
    const world = new MemoryLog();
    await settle(new Notary(world, identity));
    const fresh = testIdentity();
    const signers = [...fresh.signers, ...identity.signers];
    await world.append(new Chains().block(0, 1));
    await settle(new Notary(world, { ...fresh, signers, trusted: [...fresh.trusted, ...identity.trusted] }));
    expect((await world.dump()).checkpoints.at(-1)?.note.match(/^— /gm)).toHaveLength(2);
    await world.append({ ...(await nextOf(world, 0, 1)) });
    await settle(new Notary(world, fresh));
    expect((await world.dump()).checkpoints.map(({ size }) => size)).toEqual([0, 1, 2]);
  });
});

/** A block that continues a task's chain in that world. */
async function nextOf(world: MemoryLog, task: number, count: number) {
  const own = (await world.dump()).blocks.filter((block) => block.task === task);
  const chains = new Chains();
  for (const { count: each } of own) chains.block(task, each);
  return chains.block(task, count);
}

/** Blocks without entries that still wait for one with an entry. */
function trailingEmpty({ blocks, sequences }: Awaited<ReturnType<MemoryLog['dump']>>): number {
  const next = sequences.at(-1)?.next ?? new Map<number, number>();
  return blocks.filter(({ task, n, count }) => count === 0 && n >= (next.get(task) ?? 0)).length;
}
