import { Controller } from '@nestjs/common';
import { leafHash } from '#libs/log';
import { MongoLogReader } from '#libs/trail';
import { ReadModels, type Cursor, type FindingRow } from '#libs/views';
import { Who } from '../../access/person.js';
import type { Person } from '../../access/person.js';
import { notFound } from '../../http/problem.js';
import { Params, Query, Route } from '../../http/route.js';
import type { Input, Wire } from '../../http/schema.js';
import { inUseFirst } from '../../log/key-order.js';
import { MongoGate } from '../../mongo-gate.js';
import { readCursor, writeCursor } from '../cursor.js';
import { filterOf, scopeOf } from '../filter.js';
import { RegisterShelf } from '../registers/register-shelf.js';
import { findingDetail } from './finding-detail.js';
import { findingSummary, placeOf } from './finding-summary.js';
import { entryAt, evidenceOf, type RawEntry } from './log-entries.js';
import { Finding, FindingId, FindingPage, FindingProof, FindingsQuery } from './schemas.js';

/** What was found, one by one. */
@Controller('api/v1/findings')
export class FindingsController {
  constructor(
    private readonly models: ReadModels,
    private readonly log: MongoLogReader,
    private readonly shelf: RegisterShelf,
    private readonly mongodb: MongoGate,
  ) {}

  @Route({
    operationId: 'listFindings',
    tag: 'findings',
    summary: 'Findings, the newest first',
    description:
      'Violations, gaps and what cannot be read; findings that later evidence took back only where `verdict=compliant` asks for them.',
    query: FindingsQuery,
    answer: FindingPage,
  })
  async list(@Query() query: Input<typeof FindingsQuery>, @Who() person: Person): Promise<Wire<typeof FindingPage>> {
    const { sort, limit } = query;
    const after = readCursor(query.cursor, toCursor);
    const [filter, scope] = [filterOf(query), scopeOf(person)];
    const { through } = this.models;
    const [{ items, next }, total] = await this.mongodb.ask(() =>
      Promise.all([this.models.findings(filter, scope, { sort, limit, after }), this.models.count(filter, scope)]),
    );
    return {
      items: items.map(findingSummary),
      total,
      nextCursor: next === null ? null : writeCursor([next.time, next.task, next.block, next.index]),
      through,
    };
  }

  @Route({
    path: ':id',
    operationId: 'getFinding',
    tag: 'findings',
    summary: 'A finding, with what was declared, what happened, and how it was judged',
    params: FindingId,
    answer: Finding,
  })
  async one(@Params() { id }: Input<typeof FindingId>, @Who() person: Person): Promise<Wire<typeof Finding>> {
    return this.mongodb.ask(async () => {
      const row = await this.row(id, person);
      const versions = await this.versionsOf(row);
      const register = versions.at(-1)?.entry.register?.toString('hex') ?? null;
      return findingDetail(row, versions, register === null ? null : await this.shelf.find(register));
    });
  }

  @Route({
    path: ':id/proof',
    operationId: 'proveFinding',
    tag: 'findings',
    summary: 'Evidence that the newest entry about a finding is in the log',
    params: FindingId,
    answer: FindingProof,
  })
  async proof(@Params() { id }: Input<typeof FindingId>, @Who() person: Person): Promise<Wire<typeof FindingProof>> {
    return this.mongodb.ask(async () => {
      const { logIndex } = await this.row(id, person);
      const entry = await entryAt(this.log, logIndex);
      if (entry === null) throw notFound();
      const { checkpoint, size, hashes, tlogProof } = await evidenceOf(this.log, entry);
      return {
        logIndex,
        size,
        entry: entry.bytes.toString('base64'),
        leafHash: leafHash(entry.bytes).toString('hex'),
        hashes: hashes.map((hash) => hash.toString('base64')),
        checkpoint,
        keys: inUseFirst(await this.log.keys(), checkpoint),
        tlogProof,
      };
    });
  }

  private async row(id: string, person: Person): Promise<FindingRow> {
    const row = await this.models.finding(placeOf(id), scopeOf(person));
    if (row === null) throw notFound();
    return row;
  }

  /** The entries about a finding, oldest first; those that were pruned are left out, but never the newest. */
  private async versionsOf(row: FindingRow): Promise<RawEntry[]> {
    const { task, block, index } = row;
    const indexOf = async (known: number | null) => known ?? this.log.logIndexOf(task, block, index);
    const indexes = await Promise.all(row.history.map(({ logIndex }) => indexOf(logIndex)));
    const read = async (at: number | null) => (at === null ? null : entryAt(this.log, at));
    const entries = await Promise.all([...indexes, row.logIndex].map(read));
    if (entries.at(-1) === null) throw notFound();
    return entries.filter((entry) => entry !== null);
  }
}

function toCursor(place: readonly unknown[]): Cursor | null {
  if (place.length !== 4 || !place.every((part) => Number.isSafeInteger(part))) return null;
  const [time, task, block, index] = place as [number, number, number, number];
  // Beyond it there is no date.
  return Math.abs(time) > 8.64e15 ? null : { time, task, block, index };
}
