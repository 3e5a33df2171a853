/** Checks the public log in the browser: who signed it, and whether it continues what this browser saw of it before. */
import { toBase64 } from '../proof/bytes.js';
import type { Digest } from '../proof/inclusion.js';
import {
  NoEd25519,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  signerOf,
  type Checkpoint,
  type Note,
  type VerifierKey,
} from '../proof/note.js';
import { Unproved } from '../proof/unproved.js';
import { provingHashes, rootsOf, TileFault, type TileReader } from './consistency.js';
import { keep, keptCheckpoint, type KeptCheckpoint } from './kept.js';
import { NotServed, type PublicLog } from './public-log.js';

/**
 * What each step can come to, and how that is to be taken: `unknown` is neither good nor bad, as it could not be looked
 * into; `alarm` means that the log is not the one that it was.
 */
export const FINDINGS = {
  checkpoint: { read: 'held', none: 'unknown', malformed: 'failed', unreachable: 'unknown' },
  signature: {
    holds: 'held',
    newKey: 'noted',
    wrong: 'failed',
    unknownKey: 'failed',
    noWebCrypto: 'unknown',
    noEd25519: 'unknown',
    unreachable: 'unknown',
  },
  history: {
    first: 'noted',
    same: 'held',
    continued: 'held',
    older: 'noted',
    rewritten: 'alarm',
    split: 'alarm',
    shorter: 'alarm',
    otherLog: 'alarm',
    tilesWrong: 'failed',
    unreachable: 'unknown',
  },
  keep: { kept: 'held', unchanged: 'held', refused: 'noted', impossible: 'unknown' },
} as const;

export type StepName = keyof typeof FINDINGS;
export type Weight = 'held' | 'noted' | 'unknown' | 'failed' | 'alarm';

/** A step that was taken. `values`: what its message names; times in ISO 8601. */
export type Step = {
  [Name in StepName]: {
    readonly name: Name;
    readonly finding: keyof (typeof FINDINGS)[Name];
    readonly values: Readonly<Record<string, string | number>>;
  };
}[StepName];

export interface LogReport {
  /** In their order, until one after which nothing more can be said. */
  readonly steps: readonly Step[];
  /** The heaviest of all steps. */
  readonly weight: Weight;
  /** What this browser knew before. */
  readonly before: KeptCheckpoint | null;
  /** What the log serves now, where it could be read. */
  readonly note: string | null;
}

export interface Means {
  /** Absent where the page was not loaded over HTTPS or from this machine. */
  readonly subtle: SubtleCrypto | undefined;
  readonly store: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** ms */
  readonly now: () => number;
}

const WEIGHTS: readonly Weight[] = ['held', 'noted', 'unknown', 'failed', 'alarm'];

export function weightOf(step: Step): Weight {
  return (FINDINGS[step.name] as Record<string, Weight>)[step.finding] ?? 'unknown';
}

/** Never throws for what the log serves, nor for what it does not. */
export async function checkLog(log: PublicLog, means: Means): Promise<LogReport> {
  const before = keptCheckpoint(means.store);
  const steps: Step[] = [];
  const report = (note: string | null): LogReport => ({ steps, weight: heaviest(steps), before, note });
  const read = await readCheckpoint(log);
  steps.push(read.step);
  if (read.note === null) return report(null);
  const signed = await checkSignature(log, read, before, means.subtle);
  steps.push(signed.step);
  if (signed.signer === null || means.subtle === undefined) return report(read.text);
  const history = await checkHistory(log, read.checkpoint, before, means.subtle);
  steps.push(history);
  if (weightOf(history) === 'failed' || weightOf(history) === 'unknown') return report(read.text);
  steps.push(keepIt(read, signed.signer, history, means));
  return report(read.text);
}

function heaviest(steps: readonly Step[]): Weight {
  return WEIGHTS[Math.max(...steps.map((step) => WEIGHTS.indexOf(weightOf(step))))] ?? 'unknown';
}

interface Read {
  readonly step: Step;
  readonly text: string;
  readonly note: Note;
  readonly checkpoint: Checkpoint;
}

async function readCheckpoint(log: PublicLog): Promise<Read | { step: Step; note: null }> {
  const step = (finding: keyof typeof FINDINGS.checkpoint, values: Step['values'] = {}): Step => ({
    name: 'checkpoint',
    finding,
    values,
  });
  try {
    const text = await log.checkpoint();
    if (text === null) return { step: step('none'), note: null };
    const note = parseNote(text);
    const checkpoint = parseCheckpoint(note.text);
    if (checkpoint.size === 0) return { step: step('none'), note: null };
    return { step: step('read', { origin: checkpoint.origin, number: checkpoint.size }), text, note, checkpoint };
  } catch (error) {
    if (error instanceof NotServed) return { step: step('unreachable'), note: null };
    if (error instanceof Unproved) return { step: step('malformed'), note: null };
    throw error;
  }
}

async function checkSignature(
  log: PublicLog,
  { note, checkpoint }: Read,
  before: KeptCheckpoint | null,
  subtle: SubtleCrypto | undefined,
): Promise<{ step: Step; signer: string | null }> {
  const step = (finding: keyof typeof FINDINGS.signature, values: Step['values'] = {}): Step => ({
    name: 'signature',
    finding,
    values,
  });
  if (subtle === undefined) return { step: step('noWebCrypto'), signer: null };
  try {
    const keys = await Promise.all((await log.keys()).map((key) => readKey(key, subtle)));
    const known = keys.filter((key) => key !== null);
    const { name, keyId } = await signerOf(note, checkpoint.origin, known, subtle);
    const signer = `${name}+${keyId}`;
    const isNew = before !== null && before.signer !== signer;
    return { step: step(isNew ? 'newKey' : 'holds', { key: signer, before: before?.signer ?? '' }), signer };
  } catch (error) {
    if (error instanceof NotServed) return { step: step('unreachable'), signer: null };
    if (error instanceof NoEd25519) return { step: step('noEd25519'), signer: null };
    if (error instanceof Unproved) {
      return { step: step(error.why === 'key-unknown' ? 'unknownKey' : 'wrong'), signer: null };
    }
    throw error;
  }
}

/** Null for what is no key of ours: a log may name others that we do not know. */
async function readKey(key: string, subtle: Digest): Promise<VerifierKey | null> {
  try {
    return await parseVerifierKey(key, subtle);
  } catch (error) {
    if (error instanceof Unproved) return null;
    throw error;
  }
}

async function checkHistory(
  log: PublicLog,
  now: Checkpoint,
  before: KeptCheckpoint | null,
  subtle: Digest,
): Promise<Step> {
  const step = (finding: keyof typeof FINDINGS.history, values: Step['values'] = {}): Step => ({
    name: 'history',
    finding,
    values: before === null ? values : { from: before.size, to: now.size, since: before.since, ...values },
  });
  if (before === null) return step('first');
  if (before.origin !== now.origin) return step('otherLog', { before: before.origin, now: now.origin });
  const root = toBase64(now.root);
  if (before.size === now.size) return step(root === before.root ? 'same' : 'split');
  const [smaller, larger] =
    before.size < now.size ? [before, { size: now.size, root }] : [{ size: now.size, root }, before];
  let tiles = 0;
  const counted: TileReader = (wanted) => {
    tiles = wanted.length;
    return log.tiles(wanted);
  };
  try {
    const roots = await provenRoots(smaller.size, larger.size, counted, subtle);
    // Only hashes that lead to the larger one's root say anything about the smaller one.
    if (roots?.second !== larger.root) return step('tilesWrong');
    if (roots.first !== smaller.root) return step('rewritten');
    return step(larger === before ? 'older' : 'continued', { tiles });
  } catch (error) {
    if (error instanceof TileFault) return step('tilesWrong');
    if (!(error instanceof NotServed)) throw error;
    return step(larger === before && error.status === 404 ? 'shorter' : 'unreachable');
  }
}

/** Base64. */
async function provenRoots(
  from: number,
  to: number,
  read: TileReader,
  subtle: Digest,
): Promise<{ first: string; second: string } | null> {
  const roots = await rootsOf(from, to, await provingHashes(from, to, read, subtle), subtle);
  return roots && { first: toBase64(roots.first), second: toBase64(roots.second) };
}

function keepIt({ text, checkpoint }: Read, signer: string, history: Step, { store, now }: Means): Step {
  const { origin, size } = checkpoint;
  const step = (finding: keyof typeof FINDINGS.keep): Step => ({ name: 'keep', finding, values: { number: size } });
  if (weightOf(history) === 'alarm') return step('refused');
  if (history.finding === 'same' || history.finding === 'older') return step('unchanged');
  const root = toBase64(checkpoint.root);
  const since = new Date(now()).toISOString();
  return step(keep(store, { origin, size, root, note: text, signer, since }) ? 'kept' : 'impossible');
}
