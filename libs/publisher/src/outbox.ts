import { sizeOf, type OutgoingMessage } from './message.js';

/** Sends messages; resolves when all in-sync replicas have them, in the given order for each key. */
export type Send = (messages: readonly OutgoingMessage[]) => Promise<void>;

/** Messages that were published together. */
interface Group {
  outstanding: number;
  failed: boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Waiting {
  readonly message: OutgoingMessage;
  readonly group: Group;
}

const MAX_BATCH_MESSAGES = 2000;
/** Below Kafka's default of 1 MiB for one partition's batch (`message.max.bytes`), even if all go to one. */
const MAX_BATCH_BYTES = 512 * 1024;

/**
 * Sends one batch at a time; what is published meanwhile makes the next. Batches so grow with the load and never
 * overtake each other.
 */
export class Outbox {
  readonly #send: Send;
  #waiting: Waiting[] = [];
  #underWay: readonly Waiting[] = [];
  #sending: Promise<void> | null = null;

  constructor(send: Send) {
    this.#send = send;
  }

  /** Resolves when all messages are sent; rejects with the first failure, and then sends no more of this group. */
  add(messages: readonly OutgoingMessage[]): Promise<void> {
    if (messages.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const group: Group = { outstanding: messages.length, failed: false, resolve, reject };
      for (const message of messages) this.#waiting.push({ message, group });
      this.#sending ??= this.#sendAll();
    });
  }

  /** Resolves when nothing is waiting or under way. */
  async drain(): Promise<void> {
    while (this.#sending !== null) await this.#sending;
  }

  /** Rejects everything not yet acknowledged. */
  abandon(error: Error): void {
    for (const { group } of [...this.#underWay, ...this.#waiting]) fail(group, error);
    this.#waiting = [];
  }

  async #sendAll(): Promise<void> {
    // Everything published in the same turn belongs to the first batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#nextBatch();
      if (batch.length === 0) continue;
      this.#underWay = batch;
      try {
        await this.#send(batch.map(({ message }) => message));
        for (const { group } of batch) if (--group.outstanding === 0 && !group.failed) group.resolve();
      } catch (error) {
        for (const { group } of batch) fail(group, error);
      }
      this.#underWay = [];
    }
    this.#sending = null;
  }

  #nextBatch(): Waiting[] {
    const batch: Waiting[] = [];
    let bytes = 0;
    let taken = 0;
    for (const waiting of this.#waiting) {
      bytes += sizeOf(waiting.message);
      if (batch.length > 0 && (batch.length === MAX_BATCH_MESSAGES || bytes > MAX_BATCH_BYTES)) break;
      taken++;
      if (!waiting.group.failed) batch.push(waiting);
    }
    this.#waiting = this.#waiting.slice(taken);
    return batch;
  }
}

function fail(group: Group, error: unknown): void {
  group.failed = true;
  group.reject(error);
}
