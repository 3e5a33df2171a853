import { Binary, Long } from 'mongodb';
import { bytes, flipped, tileId } from '../trail.js';
import type { Fields, Trail } from '../trail.js';
import type { Kind } from './kind.js';

/** A tile of the first half. */
const TILE = tileId(0, 2);

/** Changes to the log's order and to its tiles. */
export const TREE_KINDS: readonly Kind[] = [
  {
    title: 'a bit of a tile flipped',
    changes: ['tiles'],
    shows: 'yes',
    said: /^tile\/0\/002: hash 7 is not that of entry 519$/m,
    tamper: async (trail) =>
      trail.set('tiles', TILE, { hashes: flipped((await trail.get('tiles', TILE))['hashes'], 7 * 32) }),
  },
  {
    title: "a bit of a tile's root flipped",
    changes: ['tiles'],
    shows: 'yes',
    said: /^tile\/0\/002: its root is not that of its hashes$/m,
    tamper: async (trail) => trail.set('tiles', TILE, { root: flipped((await trail.get('tiles', TILE))['root'], 0) }),
  },
  {
    title: 'a tile dropped',
    changes: ['tiles'],
    shows: 'yes',
    said: /^tile\/0\/002: it is missing$/m,
    tamper: (trail) => trail.drop('tiles', TILE),
  },
  {
    title: 'two tiles swapped',
    changes: ['tiles'],
    shows: 'yes',
    said: /^tile\/0\/001: hash 0 is not that of entry 256 \(and 255 more/m,
    tamper: async (trail) => {
      const [one, other] = [await trail.get('tiles', tileId(0, 1)), await trail.get('tiles', TILE)];
      await trail.set('tiles', tileId(0, 1), { hashes: other['hashes'], root: other['root'] });
      await trail.set('tiles', TILE, { hashes: one['hashes'], root: one['root'] });
    },
  },
  {
    title: 'a tile cut off',
    changes: ['tiles'],
    shows: 'yes',
    said: /^tile\/0\/002: it has 8160 bytes in place of 8192$/m,
    tamper: async (trail) =>
      trail.set('tiles', TILE, {
        hashes: new Binary(bytes((await trail.get('tiles', TILE))['hashes']).subarray(0, 8_160)),
      }),
  },
  {
    title: 'a tile more than the log has',
    changes: ['tiles'],
    shows: 'no',
    said: /^tile\/0\/\S+: a log of \d+ entries has no such full tile$/m,
    tamper: async (trail, { entries }) => {
      const { hashes, root } = await trail.get('tiles', TILE);
      await trail.add('tiles', { _id: tileId(0, Math.ceil(entries / 256) + 1), hashes, root });
    },
  },
  {
    title: 'a sequence dropped',
    changes: ['sequence'],
    shows: 'yes',
    said: /^sequence at \d+: the one before it ends at \d+$/m,
    tamper: async (trail) => trail.drop('sequence', (await middle(trail))._id),
  },
  {
    title: 'two blocks swapped in a sequence',
    changes: ['sequence'],
    shows: 'yes',
    said: /^tile\/0\/.*: hash \d+ is not that of entry/m,
    tamper: async (trail) => {
      const { _id, blocks } = await middle(trail);
      await trail.set('sequence', _id, { blocks: (blocks as Fields[]).toReversed() });
    },
  },
  {
    title: 'a block left out of a sequence',
    changes: ['sequence'],
    shows: 'yes',
    said: /^sequence at \d+: it ends at \d+, its blocks have \d+ entries$/m,
    tamper: async (trail) => {
      const { _id, blocks } = await middle(trail);
      await trail.set('sequence', _id, { blocks: (blocks as Fields[]).slice(1) });
    },
  },
  {
    title: 'a count altered in a sequence',
    changes: ['sequence'],
    shows: 'yes',
    said: /^sequence at \d+: it ends at \d+, its blocks have \d+ entries$/m,
    tamper: async (trail) => {
      const { _id, blocks } = await middle(trail);
      const [first, ...others] = blocks as { count: number }[];
      await trail.set('sequence', _id, { blocks: [{ ...first, count: (first?.count ?? 0) - 1 }, ...others] });
    },
  },
  {
    title: 'what comes next altered in a sequence',
    changes: ['sequence'],
    shows: 'no',
    said: /^sequence at \d+: what it says comes next is not what its blocks make of it$/m,
    tamper: async (trail) => {
      const { _id, next } = await middle(trail);
      const [first, ...others] = next as { n: number }[];
      await trail.set('sequence', _id, { next: [{ ...first, n: Long.fromNumber((first?.n ?? 0) + 1) }, ...others] });
    },
  },
  {
    title: 'a sequence appended that has a block again',
    changes: ['sequence'],
    shows: 'no',
    said: /^sequence at \d+: it has block 0 of task \d+, and block \d+ comes next$/m,
    tamper: async (trail, { entries }) => {
      const [first] = trail.targets;
      const { next } = await middle(trail);
      const blocks = [{ task: first?.task, n: Long.fromNumber(first?.n ?? 0), count: first?.count }];
      const end = Long.fromNumber(entries + (first?.count ?? 0));
      const rest = { next: next as Fields[], notary: 'drill', sequencedAt: new Date() };
      await trail.add('sequence', { _id: Long.fromNumber(entries), end, blocks, ...rest });
    },
  },
  {
    title: 'a pruning forged that was never done',
    changes: ['prunes'],
    shows: 'yes',
    said: /^block \d+ of task \d+: (block \d+ of the task should stand here|it does not name the digest)/m,
    tamper: async (trail) => {
      const at = trail.target(512, 0).start;
      const tasks = [{ task: 0, n: Long.fromNumber(3), previous: new Binary(Buffer.alloc(32)), next: [] }];
      const rest = { prunedAt: new Date(), reason: 'drill', tasks };
      await trail.add('prunes', { _id: Long.fromNumber(Math.max(256, at - (at % 256))), ...rest });
    },
  },
];

/** A sequence of the middle that has several blocks of different tasks. */
async function middle(trail: Trail): Promise<Fields> {
  const all = await trail.db
    .collection('sequence')
    .find({}, { sort: { _id: 1 } })
    .toArray();
  const several = ({ blocks }: Fields) => new Set((blocks as { task: number }[]).map(({ task }) => task)).size > 1;
  const wanted = all.slice(Math.floor(all.length / 3), -1).find(several) ?? all.find(several);
  if (wanted === undefined) throw new Error('no sequence has blocks of two tasks');
  return wanted;
}
