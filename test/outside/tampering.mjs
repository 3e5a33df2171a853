/** Kinds of tampering with what a log serves, and who must see them. */
import { forge } from './forge.mjs';

/** A bundle and a tile that are full in any log worth testing. */
const BUNDLE = 'tile/entries/001';
const TILE = 'tile/0/001';
const CHECKPOINT = 'checkpoint';

/**
 * @typedef {object} Kind
 * @property {string} what
 * @property {import('./altered-log.mjs').Alter} alter
 * @property {boolean} [heldOnly] only who holds an older checkpoint can see it
 * @property {boolean} [unseenByFsck] fsck 1.0.4 does not look there
 *
 * @param {typeof import('../../dist/libs/log/src/index.js')} log
 * @param {{ checkpoint: string, older: string, entries: Buffer[], signerKey: string }} given a log's checkpoint, one
 *   before the one that is held, its entries, and the key it signs with
 * @returns {Kind[]}
 */
export function kindsOfTampering(log, { checkpoint, older, entries, signerKey }) {
  const { TILE_WIDTH, HASH_BYTES } = log;
  const { text, signatures } = log.parseNote(checkpoint);
  const claim = log.parseCheckpoint(text);
  const bundle = entries.slice(TILE_WIDTH, 2 * TILE_WIDTH);
  const signed = (change) => log.signNote(log.formatCheckpoint({ ...claim, ...change }), [log.parseSigner(signerKey)]);
  const stranger = log.parseSigner(log.generateSignerKey(claim.origin));

  const at = (path, change) => (asked, answer) => (asked === path && answer !== null ? change(answer) : answer);
  const note = (changed) => at(CHECKPOINT, () => Buffer.from(changed));
  const flip = (byte) => (bytes) => {
    const flipped = Buffer.from(bytes);
    flipped[byte] ^= 1;
    return flipped;
  };
  const widest = (level) => log.tilePath({ level, index: 0, width: log.tileWidth(level, 0, claim.size) });
  const rewritten = forge(log, [flip(0)(entries[0]), ...entries.slice(1)], { origin: claim.origin, signerKey });

  return [
    { what: 'a bit of an entry', alter: at(BUNDLE, flip(10)) },
    { what: 'an entry left out', alter: at(BUNDLE, () => log.encodeBundle(bundle.slice(1))) },
    {
      what: 'two entries swapped',
      alter: at(BUNDLE, () => log.encodeBundle([bundle[1], bundle[0], ...bundle.slice(2)])),
    },
    {
      what: 'an entry told twice',
      alter: at(BUNDLE, () => log.encodeBundle([bundle[0], bundle[0], ...bundle.slice(2)])),
    },
    {
      what: 'a byte behind the last entry of a bundle',
      alter: at(BUNDLE, (bytes) => Buffer.concat([bytes, Buffer.alloc(1)])),
      unseenByFsck: true,
    },
    { what: 'a bundle cut within an entry', alter: at(BUNDLE, (bytes) => bytes.subarray(0, -1)) },
    { what: 'a bundle that is missing', alter: at(BUNDLE, () => null) },
    { what: 'a bit of a leaf hash', alter: at(TILE, flip(HASH_BYTES)) },
    { what: 'a bit of a hash on level 1', alter: at(widest(1), flip(0)) },
    { what: 'a tile that is cut', alter: at(TILE, (bytes) => bytes.subarray(0, -HASH_BYTES)) },
    { what: 'a tile that is missing', alter: at(TILE, () => null) },
    { what: 'a bit of the signature', alter: note(reSigned(text, signatures[0], flip(20), log)) },
    { what: 'another root under the signature', alter: note(checkpoint.replace(text, replaced(text, claim, log))) },
    { what: 'another root, signed anew', alter: note(signed({ root: flip(0)(claim.root) })) },
    { what: 'another size, signed anew', alter: note(signed({ size: claim.size - 1 })) },
    { what: 'another origin, signed anew', alter: note(signed({ origin: `${claim.origin}2` })) },
    { what: 'the checkpoint signed by another key of the same name', alter: note(log.signNote(text, [stranger])) },
    { what: 'the log as it was before what is held', alter: note(older), heldOnly: true },
    {
      what: 'an entry rewritten, every hash after it made anew, and signed by the key’s owner',
      alter: (path, answer) => rewritten.get(path) ?? answer,
      heldOnly: true,
    },
  ];
}

function reSigned(text, { name, keyId, signature }, change, log) {
  const id = Buffer.alloc(4);
  id.writeUInt32BE(keyId);
  const bytes = Buffer.concat([id, change(signature)]);
  return log.addSignatures(`${text}\n— ${name} ${bytes.toString('base64')}\n`, []);
}

function replaced(text, claim, log) {
  const root = Buffer.from(claim.root);
  root[0] ^= 1;
  return log.formatCheckpoint({ ...claim, root });
}
