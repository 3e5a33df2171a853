import { Long } from 'mongodb';
import { generateSignerKey, parseSigner } from '#libs/log';
import { forgeTree, setCheckpoint } from '../forge.js';
import { ORIGIN } from '../origin.js';
import { bytes, flipped } from '../trail.js';
import type { Trail } from '../trail.js';
import type { Kind } from './kind.js';

/** Changes to what is signed. */
export const CHECKPOINT_KINDS: readonly Kind[] = [
  {
    title: "a checkpoint's root flipped, not its note",
    changes: ['checkpoints'],
    shows: 'no',
    said: /^checkpoint \d+: its note and its other fields say different things$/m,
    tamper: async (trail) => {
      const { _id, root } = await newest(trail);
      await trail.set('checkpoints', _id, { root: flipped(root, 0) });
    },
  },
  {
    title: "another root in the newest checkpoint's note",
    changes: ['checkpoints'],
    shows: 'yes',
    said: /^checkpoint \d+: the signature of .* is wrong$/m,
    tamper: async (trail) => {
      const { _id, note, root } = await newest(trail);
      const other = bytes(flipped(root, 0)).toString('base64');
      await trail.set('checkpoints', _id, { note: note.replace(bytes(root).toString('base64'), other) });
    },
  },
  {
    title: "the newest checkpoint's signature flipped",
    changes: ['checkpoints'],
    shows: 'yes',
    said: /^checkpoint \d+: the signature of .* is wrong$/m,
    tamper: async (trail) => flipSignature(trail, (await newest(trail))._id),
  },
  {
    title: "an older checkpoint's signature flipped",
    changes: ['checkpoints'],
    shows: 'no',
    said: /^checkpoint \d+: the signature of .* is wrong$/m,
    tamper: async (trail) => flipSignature(trail, (await trail.sizes())[1] as number),
  },
  {
    title: 'the newest checkpoint signed anew for another log',
    changes: ['checkpoints'],
    shows: 'yes',
    said: /^checkpoint \d+: it is of the log `hjemmel.example\/other`, not of `hjemmel.example\/drill`$/m,
    tamper: async (trail, { signers }) => {
      const { _id, root } = await newest(trail);
      await setCheckpoint(trail, _id, bytes(root), [signers[0]], 'hjemmel.example/other');
    },
  },
  {
    title: 'the newest checkpoint signed anew with a key of the same name',
    changes: ['checkpoints'],
    shows: 'yes',
    said: /^checkpoint \d+: it is signed by none of the log's trusted keys, but by /m,
    tamper: async (trail) => {
      const { _id, root } = await newest(trail);
      await setCheckpoint(trail, _id, bytes(root), [stranger()]);
    },
  },
  {
    title: 'a fork: another tree of the same size, properly signed',
    changes: ['checkpoints'],
    shows: 'yes',
    said: /^checkpoint \d+: its root is not that of the entries/m,
    tamper: async (trail, { signers }) => {
      const { _id, root } = await newest(trail);
      await setCheckpoint(trail, _id, bytes(flipped(root, 0)), [signers[0]]);
    },
  },
  {
    title: 'a fork: a checkpoint between two others, properly signed',
    changes: ['checkpoints'],
    shows: 'no',
    said: /^checkpoint \d+: its root is not that of the entries/m,
    tamper: async (trail, { signers }) => {
      const sizes = await trail.sizes();
      await setCheckpoint(trail, (sizes[1] as number) + 1, Buffer.alloc(32, 7), [signers[0]]);
    },
  },
  {
    title: 'a checkpoint larger than the log, properly signed',
    changes: ['checkpoints'],
    shows: 'yes',
    said: /^checkpoint \d+: it is larger than the log, which has [\d,]+ entries$/m,
    tamper: (trail, { signers, entries }) => setCheckpoint(trail, entries + 300, Buffer.alloc(32, 7), [signers[0]]),
  },
  {
    title: 'a cosignature flipped',
    changes: ['cosignatures'],
    shows: 'no',
    said: /^cosignature of checkpoint \d+ by witness.*: the signature is wrong$/m,
    tamper: async (trail) => {
      const found = await trail.db.collection('cosignatures').findOne({}, { sort: { _id: 1 } });
      await trail.set('cosignatures', found?._id, { line: inBase64(String(found?.['line'])) });
    },
  },
  {
    title: 'a cosignature put under another checkpoint',
    changes: ['cosignatures'],
    shows: 'no',
    said: /^cosignature of checkpoint \d+ by witness.*: the signature is wrong$/m,
    tamper: async (trail) => {
      const [one, other] = await trail.db
        .collection('cosignatures')
        .find({}, { sort: { _id: 1 }, limit: 2 })
        .toArray();
      await trail.set('cosignatures', other?._id, { line: String(one?.['line']) });
    },
  },
  {
    title: 'a cosignature of a checkpoint that there is not',
    changes: ['cosignatures'],
    shows: 'no',
    said: /^cosignature of checkpoint \d+ by witness.*: there is no such checkpoint$/m,
    tamper: async (trail) => {
      const one = await trail.db.collection('cosignatures').findOne({}, { sort: { _id: 1 } });
      const { size, witness } = one?._id as unknown as { size: number; witness: string };
      const _id = { size: Long.fromNumber(Number(size) + 1), witness };
      await trail.add('cosignatures', { ...one, _id: _id });
    },
  },
  {
    title: "a key taken out of the log's list",
    changes: ['logKeys'],
    shows: 'no',
    said: /^key .*: checkpoints are signed by it, and the log does not name it$/m,
    tamper: (trail, { signers }) => trail.drop('logKeys', signers[1].verifierKey),
  },
  {
    title: "a stranger's key put into the log's list",
    changes: ['logKeys'],
    shows: 'no',
    said: /^key .*: the log names it, and it is none of the trusted keys/m,
    tamper: (trail) => trail.add('logKeys', { _id: stranger().verifierKey, since: new Date() }),
  },
  {
    title: 'everything signed anew with another key, which the log names',
    changes: ['checkpoints', 'tiles', 'logKeys'],
    shows: 'yes',
    said: /^checkpoint \d+: it is signed by none of the log's trusted keys/m,
    tamper: async (trail, { signers }) => {
      const key = stranger();
      for (const { verifierKey } of signers) await trail.drop('logKeys', verifierKey);
      await trail.add('logKeys', { _id: key.verifierKey, since: new Date() });
      await forgeTree(trail, [key]);
    },
  },
];

function stranger() {
  return parseSigner(generateSignerKey(ORIGIN));
}

async function newest(trail: Trail): Promise<{ _id: number; note: string; root: unknown }> {
  const size = (await trail.sizes()).at(-1) as number;
  const { note, root } = await trail.get('checkpoints', Long.fromNumber(size));
  return { _id: size, note: String(note), root: root };
}

async function flipSignature(trail: Trail, size: number): Promise<void> {
  const { note } = await trail.get('checkpoints', Long.fromNumber(size));
  await trail.set('checkpoints', Long.fromNumber(size), { note: inBase64(String(note)) });
}

/** A line's base64 with one bit of its last whole bytes changed. */
function inBase64(text: string): string {
  return text.replace(/ ([^ ]+)\n$/, (_, base64: string) => {
    const changed = Buffer.from(base64, 'base64');
    changed[changed.length - 9] = (changed[changed.length - 9] as number) ^ 1;
    return ` ${changed.toString('base64')}\n`;
  });
}
