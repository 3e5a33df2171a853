import { describe, expect, test } from '@jest/globals';
import { Frontier, generateSignerKey, parseSigner, parseVerifier } from '#libs/log';
import { ACTS_TASK, DamagedTrail } from '#libs/trail';
import type { Block, Sequence, SignedCheckpoint } from '#libs/trail';
import { Notary } from '../../apps/notary/src/notary.js';
import type { Identity } from '../../apps/notary/src/identity.js';
import { FAILURES, faulty, StoreAway } from './faulty-log.js';
import type { Failure } from './faulty-log.js';
import { Chains } from './log-harness.js';
import type { LogDump, LogHarness } from './log-harness.js';
import { checkLog } from './naive-log.js';

/** Who makes the logs of tests. */
export function testIdentity(origin = 'log.test/trail'): Identity {
  const signer = parseSigner(generateSignerKey(origin));
  return { origin, signers: [signer], trusted: [parseVerifier(signer.verifierKey)] };
}

/** Far more rounds than any test needs. */
const MOST_ROUNDS = 200;

/** Rounds until nothing is left; those that fail are tried again. */
export async function settle(notary: Notary): Promise<void> {
  for (let i = 0; i < MOST_ROUNDS; i++) {
    const round = await notary.round().catch((fault: unknown) => {
      if (!(fault instanceof StoreAway)) throw fault;
      return null;
    });
    if (round?.kind === 'idle' && !round.more) return;
  }
  throw new Error(`the notary has not done in ${MOST_ROUNDS} rounds`);
}

/** What every store of the log has to keep; `open` gives an empty one. */
export function logContract(open: () => Promise<LogHarness>): void {
  const sequence = (start: number, blocks: [task: number, n: number, count: number][], notary = 'a'): Sequence => ({
    start,
    end: start + blocks.reduce((sum, [, , count]) => sum + count, 0),
    blocks: blocks.map(([task, n, count]) => ({ task, n, count })),
    next: new Map(blocks.map(([task, n]) => [task, n + 1])),
    notary,
    sequencedAt: 1_000,
  });
  const checkpoint = (size: number, byte: number): SignedCheckpoint => ({
    size,
    root: Buffer.alloc(32, byte),
    note: `note ${size}\n`,
    signedAt: 2_000,
  });
  const places = (blocks: readonly { task: number; n: number }[]) => blocks.map(({ task, n }) => `${task}/${n}`);

  describe('the store of the log', () => {
    test('is empty at first', async () => {
      const { log } = await open();
      expect(await log.head()).toEqual({ sequenced: 0, signed: -1 });
      expect(await log.lastCheckpoint()).toBeNull();
      expect(await log.sequenceAt(0)).toBeNull();
      expect(await log.sequenceEndingAt(1)).toBeNull();
      expect(await log.newBlocks(new Map(), { perTask: 9, entries: 9 })).toEqual({ blocks: [], more: false });
    });

    test('gives new blocks of known tasks and of unknown ones before, between and behind them', async () => {
      const { log, append } = unbound(await open());
      const chains = new Chains();
      for (const task of [ACTS_TASK, 0, 1, 2, 3, 7]) for (let n = 0; n < 3; n++) await append(chains.block(task, 1));
      const next = new Map([
        [3, 3],
        [1, 1],
      ]);
      const { blocks, more } = await log.newBlocks(next, { perTask: 9, entries: 99 });
      expect(places(blocks)).toEqual(
        ['-1/0', '-1/1', '-1/2', '0/0', '0/1', '0/2', '1/1', '1/2', '2/0', '2/1', '2/2'].concat(['7/0', '7/1', '7/2']),
      );
      expect(more).toBe(false);
      expect(blocks[6]).toMatchObject({ task: 1, n: 1, count: 1 });
      expect(blocks[6]?.hashes).toHaveLength(32);
    });

    test('gives at most so many blocks of a known task, and no more once there are enough entries', async () => {
      const { log, append } = unbound(await open());
      const chains = new Chains();
      for (const task of [1, 2]) for (let n = 0; n < 5; n++) await append(chains.block(task, 10));
      const next = new Map([
        [1, 0],
        [2, 0],
      ]);
      const some = await log.newBlocks(next, { perTask: 2, entries: 999 });
      expect({ ...some, blocks: places(some.blocks) }).toEqual({ blocks: ['1/0', '1/1', '2/0', '2/1'], more: true });
      const few = await log.newBlocks(next, { perTask: 2, entries: 11 });
      expect({ ...few, blocks: places(few.blocks) }).toEqual({ blocks: ['1/0', '1/1'], more: true });
    });

    test('gives the blocks that are asked for, in that order, and says which is missing or another', async () => {
      const { log, append } = unbound(await open());
      const chains = new Chains();
      for (let n = 0; n < 3; n++) await append(chains.block(4, n));
      const [two, one] = await log.blocks([
        { task: 4, n: 2, count: 2 },
        { task: 4, n: 1, count: 1 },
      ]);
      expect(places([two!, one!])).toEqual(['4/2', '4/1']);
      await expect(log.blocks([{ task: 4, n: 3, count: 1 }])).rejects.toThrow(DamagedTrail);
      await expect(log.blocks([{ task: 4, n: 1, count: 2 }])).rejects.toThrow(DamagedTrail);
      expect(await log.hasBlock({ task: 4, n: 2 })).toBe(true);
      expect(await log.hasBlock({ task: 4, n: 3 })).toBe(false);
    });

    test('INVARIANT: a place in the log is given once', async () => {
      const { log } = await open();
      const first = sequence(0, [
        [-1, 0, 2],
        [5, 0, 1],
      ]);
      expect(await log.insertSequence(first)).toBe(true);
      expect(await log.insertSequence(sequence(0, [[6, 0, 1]], 'b'))).toBe(false);
      expect(await log.insertSequence(first)).toBe(false);
      expect(await log.insertSequence(sequence(3, [[5, 1, 4]]))).toBe(true);
      expect(await log.sequenceAt(0)).toEqual(first);
      expect(await log.sequenceEndingAt(3)).toEqual(first);
      expect(await log.sequenceAt(1)).toBeNull();
      expect(await log.sequenceEndingAt(4)).toBeNull();
      expect(await log.head()).toEqual({ sequenced: 7, signed: -1 });
    });

    test('INVARIANT: a size has one checkpoint; another root for it is a fault', async () => {
      const { log } = await open();
      expect(await log.insertCheckpoint(checkpoint(0, 1), 'a')).toBe(true);
      expect(await log.insertCheckpoint(checkpoint(9, 2), 'a')).toBe(true);
      expect(await log.insertCheckpoint(checkpoint(5, 3), 'b')).toBe(true);
      expect(await log.insertCheckpoint({ ...checkpoint(9, 2), note: 'other' }, 'b')).toBe(false);
      await expect(log.insertCheckpoint(checkpoint(9, 4), 'b')).rejects.toThrow(DamagedTrail);
      expect(await log.lastCheckpoint()).toEqual(checkpoint(9, 2));
      expect(await log.head()).toEqual({ sequenced: 0, signed: 9 });
    });

    test('tiles are inserted where they are missing; one with other hashes is a fault', async () => {
      const { log, dump } = unbound(await open());
      const tiles = Frontier.empty().append(Buffer.alloc(256 * 32 * 3, 7));
      expect(tiles).toHaveLength(3);
      await log.insertTiles(tiles.slice(0, 2));
      await log.insertTiles(tiles);
      await log.insertTiles(tiles.slice(1));
      await log.insertTiles([]);
      expect((await dump()).tiles).toEqual(tiles);
      const [first] = tiles as [(typeof tiles)[0]];
      await expect(log.insertTiles([{ ...first, hashes: Buffer.alloc(256 * 32, 8) }])).rejects.toThrow(DamagedTrail);
      await expect(log.insertTiles([{ ...first, root: Buffer.alloc(32, 8) }])).rejects.toThrow(DamagedTrail);
      expect((await dump()).tiles).toEqual(tiles);
    });
  });

  describe('a notary over it', () => {
    const identity = testIdentity();

    test('brings blocks of any size into the log, each once', async () => {
      const world = unbound(await open());
      const notary = new Notary(world, identity);
      await settle(notary);
      expect((await world.dump()).checkpoints.map(({ size }) => size)).toEqual([0]);
      const chains = new Chains();
      let total = 0;
      for (const counts of [[1], [0], [0, 255, 1], [700, 3, 0, 40], [300, 1]]) {
        for (const [i, count] of counts.entries()) {
          await world.append(chains.block(i % 3 === 2 ? ACTS_TASK : i, count));
          total += count;
        }
        await settle(notary);
        expect(checkLog(await world.dump())).toEqual({ faults: [], size: total });
      }
      await settle(new Notary(world, identity));
      expect(checkLog(await world.dump())).toEqual({ faults: [], size: total });
    });

    const crashes = FAILURES.flatMap((failure) => [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => [at, failure] as const));
    test.each(crashes)('is healed of a crash at write %i that is %s', async (at, failure) => {
      const world = unbound(await open());
      const chains = new Chains();
      for (const task of [0, 1]) await world.append(chains.block(task, 400));
      let writes = 0;
      const plan = (): Failure | null => (writes++ === at ? failure : null);
      const crashing = new Notary({ ...world, log: faulty(world.log, plan) }, identity);
      const crashed = await rounds(crashing, 2);
      await world.append(chains.block(0, 300));
      const again = crashed ? new Notary(world, identity) : crashing;
      await settle(again);
      expect(checkLog(await world.dump())).toEqual({ faults: [], size: 1_100 });
      await world.append(chains.block(1, 50));
      await settle(again);
      expect(checkLog(await world.dump())).toEqual({ faults: [], size: 1_150 });
    });
  });
}

/** Some rounds; true where one crashed. */
async function rounds(notary: Notary, count: number): Promise<boolean> {
  for (let i = 0; i < count; i++) {
    try {
      await notary.round();
    } catch (fault) {
      if (fault instanceof StoreAway) return true;
      throw fault;
    }
  }
  return false;
}

/** The store's functions, to be called on their own. */
function unbound(world: LogHarness) {
  const { log, tilesAt } = world;
  return {
    log,
    tilesAt,
    append: (block: Block): Promise<void> => world.append(block),
    dump: (): Promise<LogDump> => world.dump(),
  };
}
