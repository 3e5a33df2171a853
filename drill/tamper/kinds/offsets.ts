import { decodeEntry } from '#libs/events';
import { changeEntry, forge, forgeChain, forgeTree, writeEntries } from '../forge.js';
import { nextDocuments, rangeDocuments } from '../trail.js';
import type { Content } from '../trail.js';
import type { Kind } from './kind.js';

/** Changes to what the trail accounts for. */
export const OFFSET_KINDS: readonly Kind[] = [
  {
    title: 'an offset range forged',
    changes: ['blocks'],
    shows: 'no',
    said: /^\w+, partition \d+: block \d+ of task \d+ begins at offset \d+: \d+ to \d+ are not accounted for$/m,
    tamper: async (trail, { entries }) => {
      const content = await trail.content(trail.target(entries * 0.5));
      skip(content);
      await trail.setBlock(content, { ranges: rangeDocuments(content.ranges) });
    },
  },
  {
    title: "an offset range forged, with the chain's digests",
    changes: ['blocks'],
    shows: 'yes',
    said: /^\w+, partition \d+: block \d+ of task \d+ begins at offset \d+: \d+ to \d+ are not accounted for$/m,
    tamper: (trail, { entries }) => forgeChain(trail, trail.target(entries * 0.5), skip),
  },
  {
    title: "an offset range forged, with the chain's digests and the tiles",
    changes: ['blocks', 'tiles'],
    shows: 'yes',
    said: /^\w+, partition \d+: block \d+ of task \d+ begins at offset \d+: \d+ to \d+ are not accounted for$/m,
    tamper: async (trail, { entries }) => {
      await forgeChain(trail, trail.target(entries * 0.5), skip);
      await forgeTree(trail, null);
    },
  },
  {
    title: 'an offset range forged, and everything signed anew',
    changes: ['blocks', 'tiles', 'checkpoints', 'cosignatures'],
    shows: 'held',
    said: /^\w+, partition \d+: block \d+ of task \d+ begins at offset \d+: \d+ to \d+ are not accounted for$/m,
    tamper: async (trail, { entries, signers }) => {
      await trail.db.collection('cosignatures').deleteMany({});
      await forge(trail, trail.target(entries * 0.3), skip, { signers });
    },
  },
  {
    title: 'records said to be lost that were judged',
    changes: ['blocks'],
    shows: 'no',
    said: /^entry \d+ \(.*\): its record, offset \d+ of \w+, is said to be lost$/m,
    tamper: async (trail, { entries }) => {
      const content = await trail.content(trail.target(entries * 0.5));
      const ranges = content.ranges.map((range) => ({ ...range, lost: true }));
      await trail.setBlock(content, { ranges: rangeDocuments(ranges) });
    },
  },
  {
    title: 'where to go on altered in a block',
    changes: ['blocks'],
    shows: 'no',
    said: /^orders, partition \d+: block \d+ of task \d+ says to go on at offset \d+, its ranges end at \d+$/m,
    tamper: async (trail, { entries }) => {
      const content = await trail.content(trail.target(entries * 0.5));
      const next = { ...content.next, orders: (content.next['orders'] as number) + 5 };
      await trail.setBlock(content, { next: nextDocuments(next) });
    },
  },
  {
    title: 'what the first entry states of its block altered',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): it states other offsets than its block$/m,
    tamper: async (trail, { entries }) => {
      const content = await trail.content(trail.target(entries * 0.5));
      changeEntry(content, 0, (entry) => {
        const ranges = (entry.account?.ranges ?? []).map((range) => ({ ...range, to: range.to + 1 }));
        return { ...entry, account: entry.account === null ? null : { ...entry.account, ranges } };
      });
      await writeEntries(trail, content, { hashes: true });
    },
  },
  {
    title: 'what the first entry states of its block removed',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): it begins a block and does not state what the block accounts for$/m,
    tamper: async (trail, { entries }) => {
      const content = await trail.content(trail.target(entries * 0.5));
      changeEntry(content, 0, (entry) => ({ ...entry, account: null }));
      await writeEntries(trail, content, { hashes: true });
    },
  },
  {
    title: 'an entry of a record that its block does not account for',
    changes: ['blocks'],
    shows: 'yes',
    said: /^entry \d+ \(.*\): its block does not account for its record, offset \d+ of \w+\/\d+$/m,
    tamper: async (trail, { entries }) => {
      const content = await trail.content(trail.target(entries * 0.5));
      changeEntry(content, 1, (entry) => ({
        ...entry,
        source: entry.source === null ? null : { ...entry.source, offset: entry.source.offset + 1_000_000 },
      }));
      await writeEntries(trail, content, { hashes: true });
    },
  },
];

/** Leaves out the first offset of the block's first range, and its entry. */
function skip(content: Content): void {
  const [first, ...others] = content.ranges;
  if (first === undefined) throw new Error('the block has no range');
  const at = content.entries.findIndex((bytes) => {
    const { source } = decodeEntry(bytes);
    return source?.topic === first.topic && source.offset === first.from;
  });
  content.ranges = [{ ...first, from: first.from + 1 }, ...others];
  // The number of entries stays, or all that follows would move.
  if (at >= 0) changeEntry(content, at, (entry) => ({ ...entry, kind: 'duty', source: null }));
}
