import { setTimeout as sleep } from 'node:timers/promises';
import {
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from 'mongodb';

/** Where it is said that MongoDB is away or back; pino's shape. */
export interface WatchLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/**
 * Server errors that waiting does not mend (names of MongoDB's error_codes.yml): BadValue, FailedToParse, Unauthorized,
 * TypeMismatch, AuthenticationFailed, IllegalOperation, DuplicateKey, DocumentValidationFailure, BSONObjectTooLarge.
 */
const LASTING: ReadonlySet<unknown> = new Set([2, 9, 13, 14, 18, 20, 11000, 121, 10334]);

/**
 * Faults of the driver that mean that MongoDB is away. The last two are what others get when the first connection, which
 * all operations share, was not made.
 */
const AWAY = [
  MongoNetworkError,
  MongoServerSelectionError,
  MongoOperationTimeoutError,
  MongoTopologyClosedError,
  MongoNotConnectedError,
];

/** True for a fault that may pass when tried again: MongoDB away, a new primary, no disk space. */
export function isPassing(fault: unknown): boolean {
  if (!(fault instanceof MongoError)) return false;
  if (AWAY.some((kind) => fault instanceof kind)) return true;
  if (fault.hasErrorLabel('RetryableWriteError')) return true;
  return fault instanceof MongoServerError && !LASTING.has(fault.code);
}

/** Whether MongoDB answers, for all who use one connection: told once a change, however many wait. */
export class MongoWatch {
  private since: number | null = null;
  /** False once the driver has told that no server takes writes, until it tells otherwise. */
  private writable = true;

  /** @param connect connects where that has not been done yet; the driver does so by itself only once */
  constructor(
    private readonly connect: () => Promise<unknown>,
    private readonly log: WatchLog,
  ) {}

  get up(): boolean {
    return this.since === null;
  }

  /**
   * Tries until it works; null where the signal came first.
   *
   * @throws what `action` throws, where that does not pass by waiting
   */
  async untilDone<T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T | null> {
    for (let attempt = 0; signal?.aborted !== true; attempt++) {
      const wasAway = !this.up;
      try {
        await this.connect();
        const result = await action();
        // The answer to what was asked before MongoDB went away may have been on its way, and says nothing of now. Where
        // the driver knows better, what needed no answer says nothing either.
        if (wasAway && this.writable) this.back();
        return result;
      } catch (fault) {
        if (!isPassing(fault)) throw fault;
        this.away((fault as MongoError).name);
        await sleep(Math.min(2_000, 50 * 2 ** Math.min(attempt, 10)), undefined, signal ? { signal } : {}).catch(
          () => undefined,
        );
      }
    }
    return null;
  }

  /**
   * Is told so by the driver, which asks the servers also while nobody else does: without it, who has nothing to write
   * would not notice.
   *
   * @param before whether a server took writes until now
   * @param after whether one does now
   */
  serversChanged(before: boolean, after: boolean): void {
    if (before === after) return;
    this.writable = after;
    if (after) this.back();
    else this.away('NoWritableServer');
  }

  private away(fault: string): void {
    if (this.since !== null) return;
    this.since = Date.now();
    this.log.warn({ fault }, 'MongoDB does not answer; trying again until it does');
  }

  private back(): void {
    if (this.since === null) return;
    this.log.info({ seconds: Math.round((Date.now() - this.since) / 1_000) }, 'MongoDB answers again');
    this.since = null;
  }
}
