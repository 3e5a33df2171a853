import { setTimeout as sleep } from 'node:timers/promises';
import { consistencyProof, LogFormatError, parseNote } from '#libs/log';
import type { HashReader, NoteSignature, Verifier } from '#libs/log';
import { DamagedTrail } from '#libs/trail';
import type { LogWriter, MongoWatch, SignedCheckpoint } from '#libs/trail';
import { Latest } from '../latest.js';
import { addCheckpoint } from './witness-client.js';
import type { WitnessAnswer } from './witness-client.js';

/** What came of giving a checkpoint to a witness; `ahead`: it has cosigned more than this log has. */
export type WitnessResult = 'cosigned' | 'unknown-key' | 'refused' | 'ahead' | 'away' | 'unprovable';

export interface WitnessParts {
  /** Submission prefix (C2SP tlog-witness), without a trailing slash. */
  readonly url: string;
  /** Whose cosignatures are kept; empty: every one that is well-formed. */
  readonly keys: readonly Verifier[];
  readonly store: Pick<LogWriter, 'insertCosignature' | 'lastCheckpoint'>;
  /** Reads tiles as they are in the tree of that size. */
  readonly tilesAt: (size: number) => HashReader;
  readonly watch: Pick<MongoWatch, 'untilDone'>;
  readonly metrics: { witnessed(witness: string, result: WitnessResult, size: number): void };
  readonly log: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
  };
  /** Least time between two checkpoints given to it, and the first wait after a failure, ms. */
  readonly pauseMs?: number;
}

const PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** A witness that another notary also writes to may move on between its answer and our next request. */
const MOST_CONFLICTS = 3;
/** `timestamped_signature` of an Ed25519 key: time and signature (C2SP tlog-cosignature, "Format"). */
const ED25519_BYTES = 8 + 64;

/**
 * Gives checkpoints to one witness and keeps what it says of them. Only the newest counts: those that come while one is
 * under way, or while the witness is away, are passed over.
 */
export class Witness {
  private readonly latest = new Latest<SignedCheckpoint>();
  private readonly host: string;
  /** What it cosigned last, as far as known; it says so itself where that is wrong. */
  private cosigned = 0;
  private result: WitnessResult | null = null;

  constructor(private readonly parts: WitnessParts) {
    this.host = new URL(parts.url).host;
  }

  offer(checkpoint: SignedCheckpoint): void {
    this.latest.offer(checkpoint);
  }

  /** Works until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { pauseMs = PAUSE_MS } = this.parts;
    let failures = 0;
    for (;;) {
      const checkpoint = await this.latest.take(signal);
      if (checkpoint === null) return;
      const { result, why } = await this.give(checkpoint, signal);
      if (signal.aborted) return;
      this.tell(result, why, checkpoint.size);
      failures = result === 'cosigned' ? 0 : failures + 1;
      if (failures > 0) this.latest.giveBack(checkpoint);
      const pause = Math.min(LONGEST_PAUSE_MS, pauseMs * 2 ** Math.max(0, failures - 1));
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  private async give(
    checkpoint: SignedCheckpoint,
    signal: AbortSignal,
  ): Promise<{ result: WitnessResult; why: string }> {
    let current = checkpoint;
    for (let conflicts = 0; ; conflicts++) {
      const proof = await this.prove(this.cosigned, current.size, signal);
      if (!Array.isArray(proof)) return { result: 'unprovable', why: proof };
      const request = { oldSize: this.cosigned, proof, note: current.note };
      const answer = await addCheckpoint(this.parts.url, request, signal);
      if (answer.kind !== 'conflict') return this.conclude(current, answer, signal);
      if (conflicts === MOST_CONFLICTS) return { result: 'away', why: 'it names another size at each request' };
      if (answer.size > current.size) {
        const newest = await this.parts.watch.untilDone(() => this.parts.store.lastCheckpoint(), signal);
        if (newest === null || newest.size < answer.size) {
          return { result: 'ahead', why: `it has cosigned ${answer.size} entries, and this log has fewer` };
        }
        current = newest;
      }
      this.cosigned = answer.size;
    }
  }

  /** The consistency proof; a sentence where it cannot be made. */
  private async prove(from: number, to: number, signal: AbortSignal): Promise<Buffer[] | string> {
    const { watch, tilesAt } = this.parts;
    try {
      return (await watch.untilDone(() => consistencyProof(from, to, tilesAt(to)), signal)) ?? [];
    } catch (fault) {
      if (fault instanceof DamagedTrail || fault instanceof LogFormatError) return fault.message;
      throw fault;
    }
  }

  private async conclude(
    { size, note }: SignedCheckpoint,
    answer: Exclude<WitnessAnswer, { kind: 'conflict' }>,
    signal: AbortSignal,
  ): Promise<{ result: WitnessResult; why: string }> {
    if (answer.kind !== 'cosigned') return { result: answer.kind, why: answer.why };
    this.cosigned = size;
    const { text, signatures } = parseNote(note);
    const lines = answer.lines.filter((line) => !signatures.some(({ name }) => name === line.name));
    const good = lines.filter((line) => this.keeps(text, line));
    if (good.length === 0) return { result: 'unknown-key', why: 'its answer holds no cosignature that is to be kept' };
    for (const line of good) {
      const cosignature = { size, witness: keyOf(line), line: line.line };
      await this.parts.watch.untilDone(() => this.parts.store.insertCosignature(cosignature), signal);
    }
    return { result: 'cosigned', why: '' };
  }

  private keeps(text: string, { name, keyId, signature }: NoteSignature): boolean {
    const { keys } = this.parts;
    if (keys.length === 0) return signature.length >= ED25519_BYTES;
    const key = keys.find((each) => each.name === name && each.keyId === keyId);
    return key?.verify(text, signature) ?? false;
  }

  /** Says a thing when it begins and when it is over, and not each time in between. */
  private tell(result: WitnessResult, why: string, size: number): void {
    const { log, metrics } = this.parts;
    metrics.witnessed(this.host, result, size);
    if (result === this.result) return;
    const fields = { witness: this.host, size };
    if (result === 'cosigned') log.info(fields, 'the witness cosigns');
    else if (result === 'away') log.warn(fields, `the witness does not cosign just now: ${why}`);
    else log.error(fields, `the witness does not cosign: ${why}`);
    this.result = result;
  }
}

function keyOf({ name, keyId }: NoteSignature): string {
  return `${name}+${keyId.toString(16).padStart(8, '0')}`;
}
