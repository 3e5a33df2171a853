import { setTimeout as sleep } from 'node:timers/promises';
import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from 'pino';
import type { TriageBook, TriageEntry } from '#libs/triage';
import type { LogReader, SignedCheckpoint } from '#libs/trail';
import type { ReadModels } from '#libs/views';
import { MongoAway, type MongoGate } from '../mongo-gate.js';
import type { PeopleOfProblems } from './people-of-problems.js';

/** ms between two looks for what has changed. */
const LOOK_MS = 500;

export interface FreshnessParts {
  readonly models: Pick<ReadModels, 'refresh'>;
  readonly triage: Pick<TriageBook, 'refresh'>;
  readonly people: Pick<PeopleOfProblems, 'refresh'>;
  readonly log: Pick<LogReader, 'checkpoint'>;
  readonly gate: Pick<MongoGate, 'ask'>;
  readonly to: Pick<Logger, 'error'>;
}

/** Keeps what is answered from memory fresh, and tells who follows what has come. */
export class Freshness implements OnApplicationBootstrap, BeforeApplicationShutdown {
  /** The newest checkpoint seen; null before the first. */
  checkpoint: SignedCheckpoint | null = null;
  private readonly stopped = new AbortController();
  private readonly followers = new Set<(said: readonly TriageEntry[]) => void>();
  private running: Promise<void> = Promise.resolve();
  private fault: string | null = null;

  constructor(private readonly parts: FreshnessParts) {}

  /** Comes when the process is asked to stop: whoever follows is to end then. */
  get ending(): AbortSignal {
    return this.stopped.signal;
  }

  /** Calls back after each look, with what was said of problems since the one before; until the function given back is called. */
  follow(follower: (said: readonly TriageEntry[]) => void): () => void {
    this.followers.add(follower);
    return () => void this.followers.delete(follower);
  }

  /** Looks at once; for who has just changed something. */
  async look(): Promise<void> {
    const { models, triage, people, log, gate } = this.parts;
    const said = await gate.ask(async () => {
      const [checkpoint, fresh] = await Promise.all([log.checkpoint(), triage.refresh(Date.now()), models.refresh()]);
      this.checkpoint = checkpoint;
      return fresh;
    });
    people.refresh();
    for (const follower of this.followers) follower(said);
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await this.look().then(
        () => (this.fault = null),
        (fault: unknown) => this.tell(fault),
      );
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Says what is wrong once, and not at each look. */
  private tell(fault: unknown): void {
    if (fault instanceof MongoAway || this.stopped.signal.aborted) return;
    const message = fault instanceof Error ? fault.message : String(fault);
    if (message !== this.fault) this.parts.to.error({}, `the read models cannot be read: ${message}`);
    this.fault = message;
  }
}
