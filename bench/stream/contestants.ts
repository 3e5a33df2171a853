import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { STREAMS } from '#libs/events';
import { formatSignerKey, parseSigner, parseVerifier } from '#libs/log';
import { entriesOf, type MongoConnection, MongoLogWriter, MongoTrailReader, verifyTrail } from '#libs/trail';
import { ReadModels } from '#libs/views';
import type { Stack } from '../../apps/local/src/stack/stack.js';
import { BenchError } from '../bench-error.js';
import { fillTrail } from '../log/fill.js';
import { SyntheticBlocks } from '../log/synthetic-blocks.js';
import { inDatabase, quietConnection } from '../mongo.js';
import { ConsumerProcess } from './consumer-process.js';
import { databaseSize, type DatabaseSize } from './database-size.js';
import { VERDICTS, type Filled } from './fill.js';
import { trial, type Trial } from './trial.js';

/** One run of one of the three; `id` makes consumer groups and databases of its own. */
export interface Run {
  readonly stack: Stack;
  readonly filled: Filled;
  readonly id: string;
  /** Where to write a profile of the consumer's processor time; null: none is made. */
  readonly profile: string | null;
  readonly signal: AbortSignal;
}

/** Any will do: vault and log are dropped after the run. */
const VAULT_KEY = Buffer.alloc(32, 1).toString('base64');
const SIGNING_KEY = formatSignerKey('bench.hjemmel.example/stream', Buffer.alloc(32, 1));

/** Blocks of the entries that a log has beforehand: as catching up makes them, of tasks of any auditor's. */
const PAST = { blockEntries: 4_000, tasks: 4 };

/** How often the trail is looked at for its end, ms. */
const POLL_MS = 50;

/** kafkajs and the decoder alone. @throws BenchError where it did not read every event */
export async function runLimit({ stack, filled, id, profile, signal }: Run): Promise<Trial> {
  const name = 'kafkajs consume + decode';
  let counts: unknown;
  const result = await trial({
    stack,
    name,
    program: 'bench/stream/limit-consumer.js',
    env: { BENCH_GROUP: `bench-limit-${id}`, BENCH_EVENTS: String(filled.events) },
    ...(profile === null ? {} : { profile }),
    signal,
    finished: async (line) => {
      const { time, count, ...rest } = await line('done');
      counts = rest['counts'];
      return { time, count: count as number };
    },
  });
  require_(name, result.events === filled.events, `read ${result.events} events of ${filled.events}`);
  require_(name, JSON.stringify(counts) === JSON.stringify(filled.byStream), 'decoded other events than were written');
  return result;
}

export interface Audited {
  readonly trial: Trial;
  readonly size: DatabaseSize;
  /** First verdicts other than those once every fact is known: what amending entries are for. */
  readonly otherVerdicts: number;
}

/**
 * The plain Nest consumer, for the first `events` it gets.
 *
 * @throws BenchError where it has not exactly one finding for each
 */
export async function runPlain({ stack, filled, id, signal }: Run, events: number): Promise<Audited> {
  const name = 'plain @EventPattern + insertOne';
  const uri = inDatabase(stack.mongoUri, `bench-plain-${id}`);
  const result = await trial({
    stack,
    name,
    program: 'bench/stream/plain-consumer.js',
    env: { BENCH_GROUP: `bench-plain-${id}`, BENCH_EVENTS: String(events), MONGODB_URI: uri },
    signal,
    finished: async (line) => {
      const { time, count } = await line('done');
      return { time, count: count as number };
    },
  });
  await using client = new MongoClient(uri);
  const check = new Coverage(name, filled);
  for await (const { source, verdict } of client.db().collection<PlainFinding>('findings').find()) {
    check.add(source.topic, source.partition, source.offset, verdict);
  }
  require_(
    name,
    result.events === events && check.count === events,
    `has ${check.count} findings for ${events} events`,
  );
  const size = await databaseSize(client.db(), 'findings');
  await client.db().dropDatabase();
  return { trial: result, size, otherVerdicts: check.otherVerdicts };
}

interface PlainFinding {
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number };
  readonly verdict: string;
}

/** What ours produced beside the findings. */
export interface AuditedAndSigned extends Audited {
  /** As in `trial`, until all of it was under a signed checkpoint. */
  readonly signedSeconds: number;
  /** As in `trial`, until all of it was in the read models. */
  readonly viewedSeconds: number;
}

/**
 * Auditors and the notary as they are run in production, on a database of their own, until every offset is durable in
 * the trail, the whole trail signed, and in the read models.
 *
 * @param before entries that the log has beforehand, of other topics
 * @throws BenchError where the log cannot be proved, or has not exactly one entry for each event
 */
export async function runOurs(
  { stack, filled, id, profile, signal }: Run,
  { auditors = 1, before = 0 }: { readonly auditors?: number; readonly before?: number } = {},
): Promise<AuditedAndSigned> {
  const name = 'Hjemmel';
  const uri = inDatabase(stack.mongoUri, `bench-ours-${id}`);
  const mongo = quietConnection(uri);
  const signing = { MONGODB_URI: uri, HJEMMEL_SIGNING_KEY: SIGNING_KEY, HJEMMEL_LOG_ORIGIN: '', PORT: '' };
  if (before > 0) await fillTrail(uri, { entries: before, ...PAST, made: new SyntheticBlocks('past') }, signal);
  const notary = new ConsumerProcess('notary', 'apps/notary/src/main.js', signing, signal);
  try {
    await notary.whileRunning(notary.line('making the log'));
    const reader = new MongoTrailReader(mongo);
    const giveUp = new AbortController();
    await notary.whileRunning(untilSigned(mongo, before, giveUp.signal));
    const past = await lastBlocks(reader);
    let signedAfter = 0;
    let viewedAfter = 0;
    const result = await trial({
      stack,
      name,
      program: 'apps/auditor/src/main.js',
      env: {
        HJEMMEL_GROUP: `bench-ours-${id}`,
        HJEMMEL_VAULT_KEY: VAULT_KEY,
        MONGODB_URI: uri,
        LOG_LEVEL: 'info',
        PORT: '',
      },
      processes: auditors,
      notary,
      ...(profile === null ? {} : { profile }),
      signal,
      finished: async () => {
        const { count, entries } = await untilCovered(reader, filled.events, giveUp.signal, past);
        const time = Date.now();
        await notary.whileRunning(untilSigned(mongo, before + entries, giveUp.signal));
        signedAfter = Date.now() - time;
        await notary.whileRunning(untilViewed(mongo, before + entries, giveUp.signal));
        viewedAfter = Date.now() - time;
        return { count, time };
      },
    }).finally(() => giveUp.abort());
    const { keys, witnesses } = { keys: [parseVerifier(parseSigner(SIGNING_KEY).verifierKey)], witnesses: [] };
    const report = await verifyTrail(mongo.db, { trust: { keys, witnesses }, held: null, faultLimit: 3 });
    require_(name, report.proved, `wrote a log that cannot be proved: ${JSON.stringify(report.faults)}`);
    const check = new Coverage(name, filled);
    for await (const block of reader.blocks()) {
      if (block.n <= (past.get(block.task) ?? -1)) continue;
      for (const { entry } of entriesOf(block)) {
        // What was found later stands beside what was found of the record at first.
        if (entry.kind !== 'finding' && entry.kind !== 'unreadable') continue;
        if (entry.source === null) throw new BenchError(`${name}: a finding names no record.`);
        check.add(entry.source.topic, entry.source.partition, entry.source.offset, entry.verdict);
      }
    }
    require_(name, check.count === filled.events, `has ${check.count} entries for ${filled.events} events`);
    const size = await databaseSize(mongo.db, 'blocks');
    await mongo.db.dropDatabase();
    const signedSeconds = result.seconds + signedAfter / 1_000;
    const viewedSeconds = result.seconds + viewedAfter / 1_000;
    return { trial: result, size, otherVerdicts: check.otherVerdicts, signedSeconds, viewedSeconds };
  } finally {
    await notary.stop();
    await mongo.close();
  }
}

/**
 * Follows the heads of the blocks until they account for so many offsets, each of them an event's; gives how many they
 * are, and the number of entries.
 *
 * @param past number of the last block that does not count, by task
 */
export async function untilCovered(
  reader: MongoTrailReader,
  events: number,
  signal: AbortSignal,
  past: ReadonlyMap<number, number> = new Map(),
): Promise<{ count: number; entries: number }> {
  const next = new Map(Array.from(past, ([task, n]) => [task, n + 1]));
  let count = 0;
  let entries = 0;
  while (!signal.aborted) {
    for (const task of await reader.tasks()) {
      for await (const head of reader.heads({ task, from: next.get(task) ?? 0 })) {
        entries += head.count;
        // Not its entries: some amend earlier ones.
        for (const { from, to } of head.ranges) count += to - from;
        next.set(task, head.n + 1);
      }
    }
    if (count >= events) break;
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
  return { count, entries };
}

/** Number of the last block, by task. */
async function lastBlocks(reader: MongoTrailReader): Promise<ReadonlyMap<number, number>> {
  const last = new Map<number, number>();
  for (const task of await reader.tasks()) for await (const { n } of reader.heads({ task })) last.set(task, n);
  return last;
}

/** Waits for a checkpoint over so many entries. */
async function untilSigned(mongo: MongoConnection, entries: number, signal: AbortSignal): Promise<void> {
  const log = new MongoLogWriter(mongo);
  while (!signal.aborted && ((await log.lastCheckpoint())?.size ?? 0) < entries) {
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Waits for read models that hold so many entries. */
async function untilViewed(mongo: MongoConnection, entries: number, signal: AbortSignal): Promise<void> {
  const models = new ReadModels(mongo);
  while (!signal.aborted) {
    await models.refresh();
    if (models.through >= entries) return;
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Which offsets have their one finding, and whether its verdict is the one of the end. */
class Coverage {
  count = 0;
  otherVerdicts = 0;
  private readonly seen: Map<string, Uint8Array[]>;

  constructor(
    private readonly name: string,
    private readonly filled: Filled,
  ) {
    this.seen = new Map(
      STREAMS.map((topic) => [topic, (filled.expected.get(topic) ?? []).map((list) => new Uint8Array(list.length))]),
    );
  }

  add(topic: string, partition: number, offset: number, verdict: string): void {
    const expected = this.filled.expected.get(topic)?.[partition]?.[offset];
    const seen = this.seen.get(topic)?.[partition];
    require_(this.name, expected !== undefined && seen !== undefined, 'has a finding on a record that was not written');
    require_(this.name, verdict !== 'unreadable', 'could not read an event');
    require_(this.name, seen?.[offset] === 0, 'has two findings on one event');
    if (seen !== undefined) seen[offset] = 1;
    if (VERDICTS[expected ?? -1] !== verdict) this.otherVerdicts++;
    this.count++;
  }
}

function require_(name: string, holds: boolean, otherwise: string): void {
  if (!holds) throw new BenchError(`${name} ${otherwise}; no figure is given.`);
}
