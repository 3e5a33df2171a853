import { Long } from 'mongodb';
import { changeEntry, forge, forgeChain, forgeTree, otherVerdict } from '../forge.js';
import type { Content, Trail } from '../trail.js';
import type { Kind } from './kind.js';

/** Changes that are covered up, as far as the tamperer can. */
export const HISTORY_KINDS: readonly Kind[] = [
  {
    title: 'a verdict altered, with leaf, hashes and digests',
    changes: ['blocks'],
    shows: 'yes',
    said: /^tile\/0\/.*: hash \d+ is not that of entry \d+/m,
    tamper: (trail, { entries }) => forgeChain(trail, trail.target(entries * 0.3), verdict),
  },
  {
    title: 'a verdict altered, with leaf, hashes, digests and tiles',
    changes: ['blocks', 'tiles'],
    shows: 'yes',
    said: /^checkpoint \d+: its root is not that of the entries \(the last that is right: the checkpoint of size \d+\)$/m,
    tamper: async (trail, { entries }) => {
      await forgeChain(trail, trail.target(entries * 0.3), verdict);
      await forgeTree(trail, null);
    },
  },
  {
    title: 'a verdict altered, and everything signed anew with a stolen key',
    changes: ['blocks', 'tiles', 'checkpoints', 'cosignatures'],
    shows: 'held',
    needsHeld: true,
    said: /^held checkpoint \d+: at this size the log has another root/m,
    tamper: async (trail, { entries, signers }) => {
      await trail.db.collection('cosignatures').deleteMany({});
      await forge(trail, trail.target(entries * 0.3), verdict, { signers });
    },
  },
  {
    title: 'the same, and the cosignatures left as they were',
    changes: ['blocks', 'tiles', 'checkpoints'],
    shows: 'held',
    said: /^cosignature of checkpoint \d+ by witness.*: the signature is wrong$/m,
    tamper: (trail, { entries, signers }) => forge(trail, trail.target(entries * 0.3), verdict, { signers }),
  },
  {
    title: 'history rewritten before the held checkpoint, the checkpoints after it signed anew',
    changes: ['blocks', 'tiles', 'checkpoints', 'cosignatures'],
    shows: 'held',
    said: /^checkpoint \d+: its root is not that of the entries/m,
    tamper: async (trail, { entries, signers, heldSize }) => {
      await trail.db.collection('cosignatures').deleteMany({});
      await forge(trail, trail.target(entries * 0.3), verdict, { signers, from: heldSize + 1 });
    },
  },
  {
    title: 'the end of the log cut off from before the held checkpoint on',
    changes: ['blocks', 'sequence', 'tiles', 'checkpoints', 'cosignatures'],
    shows: 'held',
    needsHeld: true,
    said: /^held checkpoint \d+: it is larger than the log, which has [\d,]+ entries: its end was cut off/m,
    tamper: (trail, { heldSize }) => cutOff(trail, heldSize),
  },
  {
    title: 'the end of the log cut off, but for the checkpoints',
    changes: ['blocks', 'sequence', 'tiles'],
    shows: 'yes',
    said: /^checkpoint \d+: it is larger than the log, which has [\d,]+ entries/m,
    tamper: (trail, { heldSize }) => cutOff(trail, heldSize, false),
  },
];

function verdict(content: Content): void {
  changeEntry(content, 1, otherVerdict);
}

/** As if the log had never grown beyond the last checkpoint before a size. */
async function cutOff(trail: Trail, before: number, checkpointsToo = true): Promise<void> {
  const end = (await trail.sizes()).filter((size) => size < before).at(-1) as number;
  const { db } = trail;
  const from = Long.fromNumber(end);
  await db.collection('sequence').deleteMany({ _id: { $gte: from } as never });
  const kept = trail.targets.filter(({ start, count }) => start + count <= end);
  await db
    .collection('blocks')
    .deleteMany({ _id: { $nin: kept.map(({ task, n }) => ({ task, n: Long.fromNumber(n) })) as never } });
  for (const { _id } of await db
    .collection('tiles')
    .find({}, { projection: { _id: 1 } })
    .toArray()) {
    const { level, index } = _id as unknown as { level: number; index: number };
    if ((index + 1) * 256 ** (level + 1) > end) await trail.drop('tiles', _id);
  }
  if (!checkpointsToo) return;
  await db.collection('checkpoints').deleteMany({ _id: { $gt: from } as never });
  await db.collection('cosignatures').deleteMany({ '_id.size': { $gt: from } });
}
