import type { Db } from 'mongodb';
import { entriesOf, MongoTrailReader, type Block } from '#libs/trail';
import { findingId } from '../../apps/api/src/v1/findings/finding-summary.js';
import { BenchError } from '../bench-error.js';
import { quantile } from '../statistics.js';
import type { FeedWatch } from './feed-watch.js';
import type { Published } from './publish-evenly.js';
import type { TrailWatch } from './trail-watch.js';

/** From when an event fell due, ms. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Of the events that count. */
export interface Delays {
  readonly counted: number;
  /** To Kafka's acknowledgement. */
  readonly acknowledged: Percentiles;
  /** To the block that accounts for it being durable. */
  readonly durable: Percentiles;
  /** To the first checkpoint over that block being so. */
  readonly signed: Percentiles;
  /** To the finding's arrival in the API's feed, of events that are not compliant. */
  readonly fed: Percentiles;
  /** How many those are. */
  readonly countedFed: number;
}

/** What saw the findings come. */
export interface Watches {
  readonly trail: TrailWatch;
  readonly feed: FeedWatch;
}

/**
 * How long each event took, by the trail as it stands in the end.
 *
 * @throws BenchError where not every event is in exactly one block, under a checkpoint and, unless it is compliant, in the
 *   feed, and could be read
 */
export async function delays(db: Db, published: Published, { trail, feed }: Watches): Promise<Delays> {
  const { due, acknowledged, countedFrom } = published;
  const ends = await logEnds(db);
  const seen = new Map(
    Array.from(due, ([topic, lists]) => [topic, lists.map(({ length }) => new Uint8Array(length))] as const),
  );
  const delay = { acknowledged: [] as number[], durable: [] as number[], signed: [] as number[], fed: [] as number[] };
  let events = 0;
  for await (const block of new MongoTrailReader({ db }).blocks()) {
    const { task, n, ranges, summary } = block;
    const name = `Block ${task}/${n}`;
    const end = ends.get(`${task}/${n}`);
    if (end === undefined) throw new BenchError(`${name} is not in the log.`);
    if (summary.verdicts.some(({ verdict }) => verdict === 'unreadable')) {
      throw new BenchError(`${name} has an event that could not be read.`);
    }
    const durableAt = trail.durableAt(task, n);
    const signedAt = trail.signedAt(end);
    for (const { topic, partition, from, to, lost } of ranges) {
      for (let offset = from; offset < to; offset++, events++) {
        const at = due.get(topic)?.[partition]?.[offset];
        const marks = seen.get(topic)?.[partition];
        if (at === undefined || marks === undefined || lost) {
          throw new BenchError(`${name} accounts for ${topic}/${partition}/${offset}, which was not published.`);
        }
        if (marks[offset] === 1) throw new BenchError(`${topic}/${partition}/${offset} is in two blocks.`);
        marks[offset] = 1;
        if (at < countedFrom) continue;
        delay.acknowledged.push(acknowledged.get(topic)![partition]![offset]! - at);
        delay.durable.push(durableAt - at);
        delay.signed.push(signedAt - at);
      }
    }
    for (const { id, topic, partition, offset } of listed(block)) {
      const at = due.get(topic)![partition]![offset]!;
      if (at >= countedFrom) delay.fed.push(feed.seenAt(id) - at);
    }
  }
  if (events !== published.events) {
    throw new BenchError(`The trail accounts for ${events} events of ${published.events}; no figure is given.`);
  }
  return {
    counted: delay.durable.length,
    acknowledged: percentiles(delay.acknowledged),
    durable: percentiles(delay.durable),
    signed: percentiles(delay.signed),
    fed: percentiles(delay.fed),
    countedFed: delay.fed.length,
  };
}

/** A finding that the API lists, and the record that it is of. */
export interface Listed {
  /** As the API calls it. */
  readonly id: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** The findings of a block that were made of records and are not compliant. */
export function* listed(block: Block): Generator<Listed> {
  for (const { task, block: n, index, entry } of entriesOf(block)) {
    if (entry.kind !== 'finding' || entry.verdict === 'compliant' || entry.source === null) continue;
    yield { id: findingId({ task, block: n, index }), ...entry.source };
  }
}

/** For each block, `task/n`, the log index after its last entry. */
async function logEnds(db: Db): Promise<Map<string, number>> {
  const ends = new Map<string, number>();
  const sequence = db.collection<{ _id: number; blocks: { task: number; n: number; count: number }[] }>('sequence');
  for await (const { _id: start, blocks } of sequence.find({}, { readConcern: 'majority' })) {
    let end = start;
    for (const { task, n, count } of blocks) ends.set(`${task}/${n}`, (end += count));
  }
  return ends;
}

function percentiles(values: readonly number[]): Percentiles {
  // Typed arrays are sorted by number, without a function called for each pair.
  const sorted = Array.from(Float64Array.from(values).sort());
  const of = (q: number): number => quantile(sorted, q);
  return { p50: of(0.5), p90: of(0.9), p99: of(0.99), p999: of(0.999), max: of(1) };
}
