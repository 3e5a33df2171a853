/** Whether an entry is in the log, worked out here from the evidence alone. */
import type { Proof } from '../api/types.js';
import { fromBase64, toBase64, toHex, type Bytes } from './bytes.js';
import { climb, HASH_BYTES, leafHash, type PathNode } from './inclusion.js';
import {
  NoEd25519,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  signerOf,
  type Checkpoint,
  type Note,
  type VerifierKey,
} from './note.js';
import { seenCheckpoint, standingOf, type SeenCheckpoint, type Standing } from './seen-checkpoint.js';
import { Unproved, type Why } from './unproved.js';

/** What is shown, in this order. */
export const STEPS = ['leaf', 'path', 'root', 'signature', 'seen'] as const;
export type StepName = (typeof STEPS)[number];

/** `unknown`: it could not be looked into, because the browser cannot or a step before failed. */
export type Outcome =
  | { readonly outcome: 'held' }
  | { readonly outcome: 'failed'; readonly why: Why }
  | { readonly outcome: 'unknown'; readonly why: 'no-webcrypto' | 'no-ed25519' | 'not-reached' };

export interface Report {
  /** `partly`: all that could be looked into holds. */
  readonly verdict: 'proved' | 'partly' | 'failed';
  readonly steps: Readonly<Record<StepName, Outcome>>;
  /** Worked out here, in hex; null where it could not be. */
  readonly leaf: string | null;
  readonly path: readonly PathNode[];
  /** Base64, as checkpoints have it. */
  readonly root: string | null;
  readonly checkpoint: Checkpoint | null;
  /** `name+key id` of the key that signed. */
  readonly signer: string | null;
  readonly seen: { readonly standing: Standing; readonly before: SeenCheckpoint | null } | null;
}

/** What the proof must be a proof of. */
export interface Expected {
  readonly logIndex: number;
  /** Hex. */
  readonly leafHash: string;
}

interface Means {
  /** Absent where the page was not loaded over HTTPS or from this machine. */
  readonly subtle: SubtleCrypto | undefined;
  readonly store: Pick<Storage, 'getItem' | 'setItem'>;
}

/**
 * Goes through all steps, also behind one that failed, so that it is seen what holds and what does not. Never throws
 * for what the evidence is.
 */
export async function verifyProof(proof: Proof, expected: Expected, { subtle, store }: Means): Promise<Report> {
  if (subtle === undefined) return NO_WEBCRYPTO;
  const leaf = await attempt(() => checkLeaf(proof, expected, subtle));
  const path = await attempt(() => climbPath(proof, needed(leaf), subtle));
  const read = await attempt(() => readCheckpoint(proof));
  const root = await attempt(() => checkRoot(needed(read).checkpoint, needed(path).at(-1)?.hash ?? needed(leaf)));
  const signer = await attempt(() => checkSignature(proof, needed(read), subtle));
  const seen = await attempt(() => compareWithSeen(needed(read).checkpoint, store));
  const steps = {
    leaf: leaf.outcome,
    path: path.outcome,
    // A checkpoint that cannot be read is said once, where the root should stand.
    root: read.value === null ? read.outcome : root.outcome,
    signature: signer.outcome,
    seen: seen.value?.standing === 'fork' ? FORK : seen.outcome,
  };
  return {
    verdict: verdictOf(Object.values(steps)),
    steps,
    leaf: leaf.value === null ? null : toHex(leaf.value),
    path: path.value ?? [],
    root: root.value,
    checkpoint: read.value?.checkpoint ?? null,
    signer: signer.value === null ? null : `${signer.value.name}+${signer.value.keyId}`,
    seen: seen.value,
  };
}

async function checkLeaf(proof: Proof, expected: Expected, subtle: SubtleCrypto): Promise<Bytes> {
  const entry = fromBase64(proof.entry);
  if (entry === null || entry.length === 0) throw new Unproved('entry-malformed');
  if (proof.logIndex !== expected.logIndex) throw new Unproved('entry-moved');
  const leaf = await leafHash(entry, subtle);
  if (toHex(leaf) !== proof.leafHash || toHex(leaf) !== expected.leafHash) throw new Unproved('leaf-differs');
  return leaf;
}

async function climbPath(proof: Proof, leaf: Bytes, subtle: SubtleCrypto): Promise<PathNode[]> {
  const siblings = proof.hashes.map(fromBase64);
  if (!siblings.every((hash) => hash?.length === HASH_BYTES)) throw new Unproved('path-malformed');
  return climb(proof.logIndex, proof.size, leaf, siblings as Bytes[], subtle);
}

function readCheckpoint(proof: Proof): { note: Note; checkpoint: Checkpoint } {
  const note = parseNote(proof.checkpoint);
  const checkpoint = parseCheckpoint(note.text);
  if (checkpoint.size !== proof.size) throw new Unproved('size-differs');
  return { note, checkpoint };
}

/** @returns the root, in base 64 */
function checkRoot(checkpoint: Checkpoint, reached: Bytes): string {
  const root = toBase64(reached);
  if (root !== toBase64(checkpoint.root)) throw new Unproved('root-differs');
  return root;
}

async function checkSignature(
  { keys }: Proof,
  { note, checkpoint }: { note: Note; checkpoint: Checkpoint },
  subtle: SubtleCrypto,
): Promise<VerifierKey> {
  return signerOf(note, checkpoint.origin, await Promise.all(keys.map((key) => parseVerifierKey(key, subtle))), subtle);
}

function compareWithSeen(checkpoint: Checkpoint, store: Means['store']): NonNullable<Report['seen']> {
  const before = seenCheckpoint(store, checkpoint.origin);
  return { before, standing: standingOf(before, checkpoint) };
}

/** What a step came to; null: it did not hold. */
interface Attempt<T> {
  readonly value: T | null;
  readonly outcome: Outcome;
}

/** A step that this one needs did not hold. */
class NotReached extends Error {}

function needed<T>({ value }: Attempt<T>): T {
  if (value === null) throw new NotReached();
  return value;
}

async function attempt<T>(step: () => T | Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await step(), outcome: { outcome: 'held' } };
  } catch (error) {
    return { value: null, outcome: outcomeOf(error) };
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof Unproved) return { outcome: 'failed', why: error.why };
  if (error instanceof NoEd25519) return { outcome: 'unknown', why: 'no-ed25519' };
  if (error instanceof NotReached) return { outcome: 'unknown', why: 'not-reached' };
  throw error;
}

function verdictOf(outcomes: readonly Outcome[]): Report['verdict'] {
  const all = outcomes.map(({ outcome }) => outcome);
  if (all.includes('failed')) return 'failed';
  return all.includes('unknown') ? 'partly' : 'proved';
}

const FORK: Outcome = { outcome: 'failed', why: 'fork' };

const NONE: Outcome = { outcome: 'unknown', why: 'no-webcrypto' };
const NO_WEBCRYPTO: Report = {
  verdict: 'partly',
  steps: { leaf: NONE, path: NONE, root: NONE, signature: NONE, seen: NONE },
  leaf: null,
  path: [],
  root: null,
  checkpoint: null,
  signer: null,
  seen: null,
};
