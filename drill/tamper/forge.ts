import { Binary, Long } from 'mongodb';
import { decodeEntry, encodeEntry } from '#libs/events';
import type { AuditEntry } from '#libs/events';
import { formatCheckpoint, Frontier, signNote } from '#libs/log';
import type { FullTile, Signer } from '#libs/log';
import { ORIGIN } from './origin.js';
import { blockId, blockOf, bytes, tileId } from './trail.js';
import type { Content, Target, Trail } from './trail.js';

/** How far the traces of a change are covered up. */
export interface Cover {
  /** Who signs the checkpoints anew; null: they stay as they are. */
  readonly signers: readonly Signer[] | null;
  /** Checkpoints of smaller sizes stay as they are. */
  readonly from?: number;
}

/**
 * Changes a block and makes everything that rests on it fit again: its hashes and digest, the chain behind it with what
 * its first entries say of it, the tiles, and the checkpoints where there is somebody to sign them.
 */
export async function forge(
  trail: Trail,
  target: Target,
  change: (content: Content) => void,
  { signers, from = 0 }: Cover,
): Promise<void> {
  await forgeChain(trail, target, change);
  await forgeTree(trail, signers, from);
}

/** Changes a block, and makes the rest of its chain fit. */
export async function forgeChain(trail: Trail, target: Target, change: (content: Content) => void): Promise<void> {
  let previous: Buffer | null = null;
  for (let { n } = target; ; n++) {
    const id = { task: target.task, n };
    const found = await trail.db.collection('blocks').findOne({ _id: blockId(id.task, id.n) });
    if (found === null) return;
    const content = await trail.content(id);
    if (n === target.n) change(content);
    else content.previous = previous;
    stateAccount(content);
    previous = (await trail.rewrite(content)).digest;
  }
}

/** Makes the first entry say what the block says. */
function stateAccount(content: Content): void {
  const [first] = content.entries;
  if (first === undefined) return;
  const { task, n: block, previous, ranges } = content;
  const entry = decodeEntry(first);
  const registers = entry.account?.registers ?? null;
  content.entries[0] = encodeEntry({ ...entry, account: { task, block, previous, ranges, registers } });
}

/** Tiles of the blocks as they are now, and where somebody signs, checkpoints. */
export async function forgeTree(trail: Trail, signers: readonly Signer[] | null, from = 0): Promise<void> {
  const frontier = Frontier.empty();
  const sizes = new Set(await trail.sizes());
  for (const { task, n } of trail.targets) {
    const { hashes } = await trail.block({ task, n });
    for (const tile of frontier.append(bytes(hashes))) await setTile(trail, tile);
    if (signers === null || !sizes.has(frontier.size) || frontier.size < from) continue;
    await setCheckpoint(trail, frontier.size, frontier.root(), signers);
  }
}

/** A checkpoint as the log's owner would make it. */
export async function setCheckpoint(
  trail: Trail,
  size: number,
  root: Buffer,
  signers: readonly Signer[],
  origin = ORIGIN,
): Promise<void> {
  const note = signNote(formatCheckpoint({ origin, size, root, extensions: [] }), signers);
  const checkpoints = trail.db.collection('checkpoints');
  const fields = { root: new Binary(root), note };
  const rest = { signedAt: new Date(), notary: 'drill' };
  await checkpoints.updateOne({ _id: Long.fromNumber(size) }, { $set: fields, $setOnInsert: rest }, { upsert: true });
}

async function setTile(trail: Trail, { level, index, hashes, root }: FullTile): Promise<void> {
  await trail.set('tiles', tileId(level, index), { hashes: new Binary(hashes), root: new Binary(root) });
}

/** Changes one entry of a block's content. */
export function changeEntry(content: Content, index: number, change: (entry: AuditEntry) => AuditEntry): void {
  content.entries[index] = encodeEntry(change(decodeEntry(content.entries[index] as Buffer)));
}

/** Another verdict than the one that was found. */
export function otherVerdict(entry: AuditEntry): AuditEntry {
  if (entry.verdict !== 'compliant') return { ...entry, verdict: 'compliant', reasons: [] };
  const reason = { rule: 'consent-missing', effect: 'violation', clause: null, message: 'made up' } as const;
  return { ...entry, verdict: 'violation', reasons: [reason] };
}

/** The block without hashes that fit, for a change that was covered up badly. */
export async function writeEntries(
  trail: Trail,
  content: Content,
  fields: { count?: number; hashes?: boolean },
): Promise<void> {
  const block = blockOf(content);
  await trail.setBlock(content, {
    entries: new Binary(block.entries),
    ...(fields.hashes === true ? { hashes: new Binary(block.hashes) } : {}),
    ...(fields.count === undefined ? {} : { count: fields.count }),
  });
}
