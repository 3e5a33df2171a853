import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { toIsoTime } from '#libs/events';
import type { TriageEntry } from '#libs/triage';
import { ReadModels, type Scope } from '#libs/views';
import { admissionOf, Who } from '../../access/person.js';
import type { Person } from '../../access/person.js';
import { invalid, Problem } from '../../http/problem.js';
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

/** Streams of one person at a time: each page that is open has one. */
const MOST_STREAMS = 50;
const TOO_MANY = `You follow the feed ${MOST_STREAMS} times already: close some of these connections.`;

/** What is new, as it comes. */
@Controller('api/v1/feed')
export class FeedController {
  /** How many streams each person has open. */
  private readonly streams = new Map<string, number>();

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
      'Goes on behind `Last-Event-ID`, or else `after`; without either it begins now. Of findings nothing is left out: who comes back late gets all that came meanwhile. What is said of problems comes to who is there.',
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
    const { subject } = person;
    const open = this.streams.get(subject) ?? 0;
    if (open >= MOST_STREAMS) throw new Problem('too-many-requests', { detail: TOO_MANY });
    this.streams.set(subject, open + 1);
    try {
      const given = lastEventId(request.get('last-event-id')) ?? after;
      // What stands in memory before it was first read is no end of anything.
      const from = given ?? (await this.mongodb.ask(() => this.models.feedEnd()));
      await this.stream(from, scopeOf(person), admissionOf(request).until, gone, response);
    } finally {
      const left = (this.streams.get(subject) ?? 1) - 1;
      if (left === 0) this.streams.delete(subject);
      else this.streams.set(subject, left);
    }
  }

  /** @param until when who follows is not known any more, ms */
  private async stream(
    from: number,
    scope: Scope,
    until: number,
    gone: AbortSignal,
    response: Response,
  ): Promise<void> {
    // The greatest delay that a timer takes.
    const end = AbortSignal.timeout(Math.min(Math.max(0, until - Date.now()), 2 ** 31 - 1));
    const over = AbortSignal.any([gone, end, this.fresh.ending]);
    const stream = new EventStream(response, over);
    stream.open();
    const said: TriageEntry[] = [];
    let wake = Promise.withResolvers<void>();
    const unfollow = this.fresh.follow((entries) => {
      said.push(...entries);
      wake.resolve();
    });
    try {
      await this.send(stream, scope, {
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
    /** Where to go on, also for who has seen no finding yet. The log's first entry is never one. */
    const place = (): string => String(Math.max(0, at));
    while (!over.aborted) {
      const woken = next();
      const before = sentAt;
      try {
        for (let [entry] = said; entry !== undefined; [entry] = said) {
          const { problem, action } = entry;
          const concerns = await this.mongodb.ask(() => this.models.hasProblem(problem, scope));
          if (concerns) await stream.send({ event: 'triage', data: { problem, action } });
          said.shift();
        }
        for (let more = at < this.models.through - 1; more && !over.aborted;) {
          const part = await this.mongodb.ask(() => this.models.feed(at, scope, AT_ONCE));
          for (const row of part.rows) {
            await stream.send({ event: 'finding', id: String(row.logIndex), data: findingSummary(row) });
            sentAt = performance.now();
          }
          ({ at, more } = part);
        }
        const { checkpoint } = this.fresh;
        if (checkpoint !== null && checkpoint.size !== size) {
          ({ size } = checkpoint);
          const { through } = this.models;
          const data = { size, signedAt: toIsoTime(checkpoint.signedAt), through };
          await stream.send({ event: 'checkpoint', id: place(), data });
          sentAt = performance.now();
        }
      } catch (fault) {
        // The next look tries again.
        if (!(fault instanceof MongoAway)) throw fault;
      }
      if (sentAt === before && performance.now() - sentAt > ALIVE_MS) {
        await stream.send({ event: 'alive', id: place(), data: {} });
        sentAt = performance.now();
      }
      await Promise.race([woken, sleep(ALIVE_MS, undefined, { signal: over }).catch(() => undefined)]);
    }
  }
}

/** @throws Problem for one that no event of ours had */
function lastEventId(id: string | undefined): number | null {
  if (id === undefined || id === '') return null;
  if (!/^\d{1,15}$/.test(id)) throw invalid('Last-Event-ID', 'is the id of no event of this stream.');
  return Number(id);
}
