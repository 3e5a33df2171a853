import { Binary, Long } from 'mongodb';
import { changeEntry, otherVerdict, writeEntries } from '../forge.js';
import { blockId, bundled, bytes, flipped } from '../trail.js';
import type { Kind } from './kind.js';

const HASH_BYTES = 32;

/** Changes to blocks that do not care for what rests on them. */
export const BLOCK_KINDS: readonly Kind[] = [
  {
    title: 'a bit of an entry flipped',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(\d+\/\d+\/0\): its bytes do not have the hash/m,
    tamper: async (trail, { entries }) => {
      const target = trail.target(entries * 0.3);
      const { entries: bundle } = await trail.block(target);
      await trail.setBlock(target, { entries: flipped(bundle, 40) });
    },
  },
  {
    title: 'a bit of an entry flipped that is not in the log yet',
    changes: ['blocks'],
    shows: 'no',
    said: /^entry 0\/\d+\/0: its bytes do not have the hash/m,
    tamper: async (trail) => {
      const last = await trail.db.collection('blocks').findOne({ '_id.task': 0 }, { sort: { '_id.n': -1 } });
      await trail.set('blocks', last?._id, { entries: flipped(last?.['entries'], 40) });
    },
  },
  {
    title: 'a leaf hash flipped, behind a full tile',
    changes: ['blocks'],
    shows: 'no',
    said: /^block \d+ of task \d+: its digest is not that of its content/m,
    tamper: async (trail, { entries }) => {
      const target = trail.target(entries * 0.3);
      const { hashes } = await trail.block(target);
      await trail.setBlock(target, { hashes: flipped(hashes, 5 * HASH_BYTES) });
    },
  },
  {
    title: 'a leaf hash flipped, where a partial tile is made of it',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): its bytes do not have the hash/m,
    tamper: async (trail) => {
      const target = trail.target(Infinity);
      const { hashes } = await trail.block(target);
      await trail.setBlock(target, { hashes: flipped(hashes, (target.count - 1) * HASH_BYTES) });
    },
  },
  {
    title: 'a block made older, so that it may be pruned sooner',
    changes: ['blocks'],
    shows: 'no',
    said: /^entry \d+ \(\d+\/\d+\/0\): it was recorded at another time/m,
    tamper: (trail, { entries }) => trail.setBlock(trail.target(entries * 0.3), { recordedAt: new Date(0) }),
  },
  {
    title: 'a block dropped',
    changes: ['blocks'],
    shows: 'yes',
    said: /^block \d+ of task \d+: it is missing \(entries/m,
    tamper: (trail, { entries }) => trail.drop('blocks', idOf(trail.target(entries * 0.4))),
  },
  {
    title: 'a block dropped that is not in the log yet',
    changes: ['blocks'],
    shows: 'no',
    said: /^block \d+ of task 0: block \d+ of the task should stand here/m,
    tamper: async (trail) => {
      const [, before] = await trail.db
        .collection('blocks')
        .find({ '_id.task': 0 }, { sort: { '_id.n': -1 }, limit: 2 })
        .toArray();
      await trail.drop('blocks', before?._id);
    },
  },
  {
    title: 'the contents of two blocks swapped',
    changes: ['blocks'],
    shows: 'yes',
    said: /^block \d+ of task \d+: its digest is not that of its content/m,
    tamper: async (trail, { entries }) => {
      const [one, other] = [trail.target(entries * 0.2), trail.target(entries * 0.6)];
      const [a, b] = [await trail.block(one), await trail.block(other)];
      await trail.setBlock(one, { entries: b['entries'], hashes: b['hashes'], count: b['count'] });
      await trail.setBlock(other, { entries: a['entries'], hashes: a['hashes'], count: a['count'] });
    },
  },
  {
    title: 'a block duplicated at the end of its chain',
    changes: ['blocks'],
    shows: 'no',
    said: /^block \d+ of task 0: it does not name the digest of the block before it/m,
    tamper: async (trail, { entries }) => {
      const last = await trail.db.collection('blocks').findOne({ '_id.task': 0 }, { sort: { '_id.n': -1 } });
      const _id = blockId(0, Number((last?._id as unknown as { n: number }).n) + 1);
      await trail.add('blocks', { ...(await trail.block(trail.target(entries * 0.4, 0))), _id });
    },
  },
  {
    title: 'a block duplicated as that of another task',
    changes: ['blocks'],
    shows: 'no',
    said: /^.*, partition \d+: block 0 of task 99 accounts for offsets of another task/m,
    tamper: async (trail, { entries }) => {
      await trail.add('blocks', { ...(await trail.block(trail.target(entries * 0.4))), _id: blockId(99, 0) });
    },
  },
  {
    title: 'a document that is no block',
    changes: ['blocks'],
    shows: 'no',
    said: /^document .* of blocks: it is nothing that the trail writes there/m,
    tamper: (trail) => trail.add('blocks', { _id: { n: Long.fromNumber(0), task: 0 }, count: 0 }),
  },
  {
    title: 'a field of a block removed',
    changes: ['blocks'],
    shows: 'no',
    said: /^block \d+ of task \d+: it is damaged/m,
    tamper: (trail, { entries }) => trail.setBlock(trail.target(entries * 0.4), { next: null }),
  },
  {
    title: 'an entry appended to a block',
    changes: ['blocks'],
    shows: 'yes',
    said: /^block \d+ of task \d+: the log has it with \d+ entries, it says it has \d+/m,
    tamper: async (trail, { entries }) => {
      const content = await trail.content(trail.target(entries * 0.5));
      content.entries.push(content.entries[1] as Buffer);
      await writeEntries(trail, content, { count: content.entries.length, hashes: true });
    },
  },
  {
    title: 'the last entry of a block removed',
    changes: ['blocks'],
    shows: 'yes',
    said: /^block \d+ of task \d+: the log has it with \d+ entries, it says it has \d+/m,
    tamper: async (trail, { entries }) => {
      const content = await trail.content(trail.target(entries * 0.5));
      content.entries.pop();
      await writeEntries(trail, content, { count: content.entries.length, hashes: true });
    },
  },
  {
    title: 'the entries of a block cut off in the middle',
    changes: ['blocks'],
    shows: 'yes',
    said: /^block \d+ of task \d+: its entries: it ends within the entry at byte \d+/m,
    tamper: async (trail, { entries }) => {
      const target = trail.target(entries * 0.5);
      const bundle = bytes((await trail.block(target))['entries']);
      await trail.setBlock(target, { entries: new Binary(bundle.subarray(0, bundle.length / 2)) });
    },
  },
  {
    title: 'surplus bytes behind the last entry of a block',
    changes: ['blocks'],
    shows: 'yes',
    said: /^block \d+ of task \d+: its entries: 7 surplus bytes stand behind its last entry/m,
    tamper: async (trail, { entries }) => {
      const target = trail.target(entries * 0.5);
      const bundle = bytes((await trail.block(target))['entries']);
      await trail.setBlock(target, { entries: new Binary(Buffer.concat([bundle, Buffer.from('surplus')])) });
    },
  },
  {
    title: 'a count one too small',
    changes: ['blocks'],
    shows: 'no',
    said: /^block \d+ of task \d+: the log has it with \d+ entries, it says it has \d+/m,
    tamper: async (trail, { entries }) => {
      const target = trail.target(entries * 0.5);
      await trail.setBlock(target, { count: target.count - 1 });
    },
  },
  {
    title: 'two entries of a block swapped, and their hashes',
    changes: ['blocks'],
    shows: 'yes',
    said: /^tile\/0\/.*: hash \d+ is not that of entry \d+ \(and 1 more of its hashes are wrong\)/m,
    tamper: async (trail, { entries }) => {
      const target = inOneTile(trail.targets.filter(({ start }) => start > entries * 0.1));
      const content = await trail.content(target);
      [content.entries[1], content.entries[2]] = [content.entries[2] as Buffer, content.entries[1] as Buffer];
      await writeEntries(trail, content, { hashes: true });
    },
  },
  {
    title: 'an entry put twice, in place of the one behind it',
    changes: ['blocks'],
    shows: 'yes',
    said: /^.*, partition \d+: block \d+ of task \d+ has two entries for offset \d+/m,
    tamper: async (trail, { entries }) => {
      const content = await trail.content(trail.target(entries * 0.5));
      content.entries[2] = content.entries[1] as Buffer;
      await writeEntries(trail, content, { hashes: true });
    },
  },
  {
    title: 'a verdict altered, with its leaf hash',
    changes: ['blocks'],
    shows: 'yes',
    said: /^tile\/0\/.*: hash \d+ is not that of entry \d+$/m,
    tamper: async (trail, { entries }) => {
      const content = await trail.content(trail.target(entries * 0.5));
      changeEntry(content, 1, otherVerdict);
      await writeEntries(trail, content, { hashes: true });
    },
  },
  {
    title: 'the counts of verdicts of a block altered',
    changes: ['blocks'],
    shows: 'no',
    said: /^block \d+ of task \d+: its counts of verdicts are not those of its entries/m,
    tamper: async (trail, { entries }) => {
      const target = trail.target(entries * 0.5);
      const verdicts = (await trail.block(target))['verdicts'] as { count: number }[];
      const changed = verdicts.map((one, i) => (i === 0 ? { ...one, count: one.count + 1 } : one));
      await trail.setBlock(target, { verdicts: changed });
    },
  },
  {
    title: 'the digest of a block altered',
    changes: ['blocks'],
    shows: 'no',
    said: /^block \d+ of task \d+: its digest is not that of its content/m,
    tamper: async (trail, { entries }) => {
      const target = trail.target(entries * 0.5);
      await trail.setBlock(target, { digest: flipped((await trail.block(target))['digest'], 0) });
    },
  },
  {
    title: 'the block before it altered in a block',
    changes: ['blocks'],
    shows: 'no',
    said: /^block \d+ of task \d+: it does not name the digest of the block before it/m,
    tamper: async (trail, { entries }) => {
      const target = trail.target(entries * 0.5);
      await trail.setBlock(target, { previous: flipped((await trail.block(target))['previous'], 0) });
    },
  },
  {
    title: 'the bundle of another block under the right hashes',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): its bytes do not have the hash/m,
    tamper: async (trail, { entries }) => {
      const content = await trail.content(trail.target(entries * 0.5));
      const list = content.entries.map((entry, i) => (i === 0 ? entry : (content.entries[0] as Buffer)));
      await trail.setBlock(content, { entries: bundled(list) });
    },
  },
];

/** A block of which the second and third entry are in one full tile. */
function inOneTile<T extends { task: number; start: number; count: number }>(targets: readonly T[]): T {
  const wanted = targets.find(({ task, start, count }) => task >= 0 && count > 3 && start % 256 < 250);
  if (wanted === undefined) throw new Error('no block fits');
  return wanted;
}

function idOf({ task, n }: { task: number; n: number }) {
  return blockId(task, n);
}
