import { setTimeout as sleep } from 'node:timers/promises';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { isPassing } from '#libs/trail';
import type { MongoConnection } from '#libs/trail';

/** MongoDB does not answer just now; to be asked again a little later. */
export class MongoAway extends Error {
  override readonly name = 'MongoAway';
  constructor() {
    super('The database does not answer; try again in some seconds.');
  }
}

const PULSE_MS = 1_000;
/** A pulse that takes longer, ms, and MongoDB counts as hanging. */
const PULSE_WITHIN_MS = 2_000;
/** How often a request that waits looks whether MongoDB is still there, ms. */
const LOOK_MS = 250;
/** ms that a request waits at most while MongoDB is there: hundreds at a time take their turns. */
const ANSWER_WITHIN_MS = 20_000;

/** Lets requests through to MongoDB while it answers, and turns them back at once while it does not. */
export class MongoGate implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly stopped = new AbortController();
  private answered = false;
  /** When the pulse was asked for that is under way; null: none is. */
  private pulseAskedAt: number | null = null;

  /** @param fail told where MongoDB refuses us for good, as by a wrong password */
  constructor(
    private readonly connection: MongoConnection,
    private readonly fail: (fault: unknown) => void,
  ) {}

  /** Whether MongoDB answers. */
  get up(): boolean {
    return this.answered && this.connection.watch.up && !this.hangs;
  }

  private get hangs(): boolean {
    return this.pulseAskedAt !== null && performance.now() - this.pulseAskedAt > PULSE_WITHIN_MS;
  }

  /**
   * What an action on MongoDB gives.
   *
   * @throws MongoAway where MongoDB does not answer in time
   */
  async ask<T>(action: () => Promise<T>): Promise<T> {
    if (!this.up) throw new MongoAway();
    const { promise: late, reject } = Promise.withResolvers<never>();
    const end = performance.now() + ANSWER_WITHIN_MS;
    const timer = setInterval(() => {
      if (!this.up || performance.now() > end) reject(new MongoAway());
    }, LOOK_MS);
    try {
      return await Promise.race([action(), late]);
    } catch (fault) {
      throw isPassing(fault) ? new MongoAway() : fault;
    } finally {
      clearInterval(timer);
    }
  }

  onApplicationBootstrap(): void {
    this.feelPulse().catch((fault: unknown) => {
      // A ping under way while the connection is being closed.
      if (!this.stopped.signal.aborted) this.fail(fault);
    });
  }

  beforeApplicationShutdown(): void {
    this.stopped.abort();
  }

  private async feelPulse(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      this.pulseAskedAt = performance.now();
      await this.connection.watch.untilDone(() => this.connection.ping(), signal);
      this.pulseAskedAt = null;
      this.answered = !signal.aborted;
      await sleep(PULSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
