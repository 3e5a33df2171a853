import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { toIsoTime } from '#libs/events';
import type { TriageEntry } from '#libs/triage';
import { ReadModels, type Scope } from '#libs/views';
import { admissionOf, Who } from '../../access/person.js';
import type { Person } from '../../access/person.js';
import { invalid } from '../../http/problem.js';
import { Gone, Query, Route } from '../../http/route.js';
import type { Input } from '../../http/schema.js';
import { MongoAway, MongoGate } from '../../mongo-gate.js';
import { scopeOf } from '../filter.js';
import { findingSummary } from '../findings/finding-summary.js';
import { Freshness } from '../freshness.js';
import { EventStream } from './event-stream.js';
import { Feed, FeedQuery } from './schemas.js';

/** Findings asked for at a time. */
const AT_ONCE = 200;
/** ms without an event after which one is sent that only says that somebody is there: a page does not see comments. */
const ALIVE_MS = 15_000;

/** What is new, as it comes. */
@Controller('api/v1/feed')
export class FeedController {
  constructor(
    private readonly models: ReadModels,
    private readonly fresh: Freshness,
    private readonly mongodb: MongoGate,
  ) {}

  @Route({
    operationId: 'follow',
    tag: 'feed',
    summary: 'New and changed findings, checkpoints and what is said of problems, as they come',
    description:
      'Goes on behind `Last-Event-ID`, or else `after`; without either it begins now. Nothing is left out: who comes back late gets all that came meanwhile.',
    query: FeedQuery,
    content: { 'text/event-stream': Feed },
    streams: true,
  })
  async follow(
    @Query() { after }: Input<typeof FeedQuery>,
    @Who() person: Person,
    @Gone() gone: AbortSignal,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const from = lastEventId(request.get('last-event-id')) ?? after ?? this.models.through - 1;
    const left = admissionOf(request).until - Date.now();
    // The greatest delay that a timer takes.
    const until = AbortSignal.timeout(Math.min(Math.max(0, left), 2 ** 31 - 1));
    const over = AbortSignal.any([gone, until, this.fresh.ending]);
    const stream = new EventStream(response, over);
    stream.open();
    const said: TriageEntry[] = [];
    let wake = Promise.withResolvers<void>();
    const unfollow = this.fresh.follow((entries) => {
      said.push(...entries);
      wake.resolve();
    });
    try {
      await this.send(stream, scopeOf(person), {
        from,
        said,
        over,
        next: () => (wake = Promise.withResolvers<void>()).promise,
      });
    } finally {
      unfollow();
      response.end();
    }
  }

  private async send(
    stream: EventStream,
    scope: Scope,
    { from, said, over, next }: { from: number; said: TriageEntry[]; over: AbortSignal; next: () => Promise<void> },
  ): Promise<void> {
    let at = from;
    let size = -1;
    let sentAt = performance.now();
    while (!over.aborted) {
      const woken = next();
      const before = sentAt;
      try {
        const { checkpoint } = this.fresh;
        const { through } = this.models;
        if (checkpoint !== null && checkpoint.size !== size) {
          ({ size } = checkpoint);
          await stream.send({ event: 'checkpoint', data: { size, signedAt: toIsoTime(checkpoint.signedAt), through } });
          sentAt = performance.now();
        }
        for (let [entry] = said; entry !== undefined; [entry] = said) {
          const { problem, action } = entry;
          if (await this.isVisible(problem, scope)) await stream.send({ event: 'triage', data: { problem, action } });
          said.shift();
        }
        for (let more = at < through - 1; more && !over.aborted;) {
          const rows = await this.mongodb.ask(() => this.models.feed(at, scope, AT_ONCE));
          for (const row of rows) {
            at = row.logIndex;
            await stream.send({ event: 'finding', id: String(at), data: findingSummary(row) });
            sentAt = performance.now();
          }
          more = rows.length === AT_ONCE;
        }
      } catch (fault) {
        // The next look tries again.
        if (!(fault instanceof MongoAway)) throw fault;
      }
      if (sentAt === before && performance.now() - sentAt > ALIVE_MS) {
        await stream.send({ event: 'alive', data: {} });
        sentAt = performance.now();
      }
      await Promise.race([woken, sleep(ALIVE_MS, undefined, { signal: over }).catch(() => undefined)]);
    }
  }

  private async isVisible(problem: string, scope: Scope): Promise<boolean> {
    const found = await this.mongodb.ask(() => this.models.problems({ problems: [problem] }, scope, Date.now()));
    return found.length > 0;
  }
}

/** @throws Problem for one that no event of ours had */
function lastEventId(id: string | undefined): number | null {
  if (id === undefined || id === '') return null;
  if (!/^\d{1,15}$/.test(id)) throw invalid('Last-Event-ID', 'is the id of no event of this stream.');
  return Number(id);
}
