import {
  addSignatures,
  decodeBundle,
  formatTlogProof,
  inclusionProof,
  leafHash,
  parseCheckpoint,
  parseNote,
  TILE_WIDTH,
  verifyInclusion,
} from '#libs/log';
import { decodeEntry } from '#libs/events';
import type { AuditEntry } from '#libs/events';
import type { LogReader } from '#libs/trail';

/** An entry as it lies in the log. */
export interface RawEntry {
  readonly logIndex: number;
  readonly bytes: Buffer;
  readonly entry: AuditEntry;
}

/** That an entry is in the log at its newest checkpoint. */
export interface InclusionEvidence {
  /** The checkpoint as a signed note, with the signatures of witnesses. */
  readonly checkpoint: string;
  readonly size: number;
  /** Audit path (RFC 6962 §2.1.1). */
  readonly hashes: readonly Buffer[];
  /** All of it as one text (c2sp.org/tlog-proof@v1). */
  readonly tlogProof: string;
}

/**
 * The entry at a log index; null where the newest checkpoint does not cover it, or it was pruned.
 *
 * @throws DamagedTrail where it should be there
 */
export async function entryAt(
  log: Pick<LogReader, 'bundle' | 'checkpoint'>,
  logIndex: number,
): Promise<RawEntry | null> {
  const size = (await log.checkpoint())?.size ?? 0;
  if (logIndex >= size) return null;
  const index = Math.floor(logIndex / TILE_WIDTH);
  const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
  const bundle = await log.bundle(index, width);
  const bytes = bundle === null ? undefined : decodeBundle(bundle, width)[logIndex % TILE_WIDTH];
  return bytes === undefined ? null : { logIndex, bytes, entry: decodeEntry(bytes) };
}

/**
 * Evidence of an entry, verified before it leaves the house.
 *
 * @throws ProofError where the log does not prove it
 */
export async function evidenceOf(
  log: Pick<LogReader, 'checkpoint' | 'cosignatures' | 'hashReader'>,
  { logIndex, bytes }: RawEntry,
): Promise<InclusionEvidence> {
  const newest = await log.checkpoint();
  if (newest === null) throw new Error('The log has an entry, but no checkpoint.');
  const { size, root } = parseCheckpoint(parseNote(newest.note).text);
  const checkpoint = addSignatures(newest.note, await log.cosignatures(size));
  const hashes = await inclusionProof(logIndex, size, log.hashReader(size));
  verifyInclusion(logIndex, size, leafHash(bytes), hashes, root);
  return {
    checkpoint,
    size,
    hashes,
    tlogProof: formatTlogProof({ extra: bytes, index: logIndex, proof: hashes, checkpoint }),
  };
}
