import type { AuditEntry, EntryAccount, EntryAct } from '#libs/events';
import { encodeEntry } from '#libs/events';
import { makeBlock } from './block.js';
import type { Block } from './block.js';
import { LostOwnership } from './writer.js';
import type { TrailWriter } from './writer.js';

/** One act of a person, for the trail. */
export interface ActRecord {
  readonly kind: 'reveal' | 'erased';
  readonly act: EntryAct;
  /** HMAC-SHA-256(the person's secret, the act's id); null where nobody known is concerned. */
  readonly tag: Buffer | null;
  /** Id of the controller concerned, null where several are or it is not known. */
  readonly controller: string | null;
}

/** How to append a block of acts. */
export interface ActsOptions {
  /** The chain: `ACTS_TASK`, or the task that is taken over by it. */
  readonly task: number;
  /** Id of this session; the block names it. */
  readonly writer: string;
  readonly signal: AbortSignal;
  /** Called with the number of the block before it is tried to be written; again with another where that was lost. */
  readonly before?: (n: number) => Promise<void>;
  /** Called where somebody else wrote block `n`. */
  readonly lost?: (n: number) => Promise<void>;
}

/**
 * Appends acts of people as one block, durably, whoever else is writing to the chain: a block that is lost is tried again
 * behind the one that won. Such a block accounts for no offsets.
 *
 * @param acts at least one
 * @returns the block; null where the signal came first
 */
export async function appendActs(
  trail: TrailWriter,
  acts: readonly ActRecord[],
  { task, writer, signal, before, lost }: ActsOptions,
): Promise<Block | null> {
  for (;;) {
    const end = await trail.chainEnd(task);
    const n = (end?.n ?? -1) + 1;
    await before?.(n);
    const recordedAt = Date.now();
    const account: EntryAccount = { task, block: n, previous: end?.digest ?? null, ranges: [], registers: null };
    const entries = acts.map((act, i) => encodeEntry(toEntry(act, recordedAt, i === 0 ? account : null)));
    const summary = { verdicts: [], rules: [] };
    const block = makeBlock({ task, ranges: [], next: end?.next ?? {}, entries, writer, recordedAt, summary }, end);
    try {
      return (await trail.append(block, signal)) ? block : null;
    } catch (fault) {
      if (!(fault instanceof LostOwnership)) throw fault;
      await lost?.(n);
    }
  }
}

function toEntry(
  { kind, act, tag, controller }: ActRecord,
  recordedAt: number,
  account: EntryAccount | null,
): AuditEntry {
  return {
    kind,
    recordedAt,
    source: null,
    tag,
    occurredAt: null,
    stream: null,
    controller,
    service: null,
    purpose: null,
    legalBasis: null,
    verdict: 'compliant',
    reasons: [],
    assumptions: [],
    register: null,
    amends: null,
    valueSha256: null,
    account,
    act,
    repeat: false,
  };
}
