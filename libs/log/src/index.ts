export { decodeBundle, encodeBundle } from './bundle.js';
export { type Checkpoint, formatCheckpoint, parseCheckpoint } from './checkpoint.js';
export { cosign, cosignatureTime } from './cosignature.js';
export { LogFormatError, NoteError, ProofError } from './errors.js';
export { Frontier, type FullTile } from './frontier.js';
export { EMPTY_ROOT, HASH_BYTES, leafHash, nodeHash } from './hashes.js';
export { addSignatures, type Note, type NoteSignature, openNote, parseNote, signNote } from './note.js';
export {
  COSIGNATURE,
  ED25519,
  formatSignerKey,
  generateSignerKey,
  parseSigner,
  parseVerifier,
  type SignatureType,
  type Signer,
  type Verifier,
} from './note-keys.js';
export {
  consistencyProof,
  type HashReader,
  inclusionProof,
  rootFrom,
  verifyConsistency,
  verifyInclusion,
} from './proofs.js';
export { checkOrigin, parseSigningKeys, type SigningKeys } from './signing-keys.js';
export {
  bundlePath,
  type LogPath,
  parseLogPath,
  TILE_WIDTH,
  type TileId,
  tilePath,
  tileRoot,
  tileWidth,
} from './tiles.js';
export { formatTlogProof, parseTlogProof, type TlogProof } from './tlog-proof.js';
export { type AddCheckpoint, formatAddCheckpoint, parseAddCheckpoint, parseCosignatureLines } from './witness.js';
export { checkCheckpoint, keyName, type CheckedCheckpoint, type Claim } from './verify/checkpoint-check.js';
export { Faults, type Fault, type FaultKind, type OnFault } from './verify/fault.js';
export { LogCheck } from './verify/log-check.js';
export { writeLeafHash } from './verify/sha256.js';
export { type EntrySpan, splitBundle, type SplitBundle } from './verify/split.js';
export { type BuiltTile, StreamedTree } from './verify/streamed-tree.js';
export { type StoredTile, TileCheck, tileName } from './verify/tile-check.js';
