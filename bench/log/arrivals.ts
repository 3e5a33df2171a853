import { setTimeout as sleep } from 'node:timers/promises';
import { MongoTrailWriter } from '#libs/trail';
import type { MongoConnection } from '#libs/trail';
import { BenchError } from '../bench-error.js';
import { ConsumerProcess } from '../stream/consumer-process.js';
import { emptyLog } from './fill.js';
import { SyntheticBlocks } from './synthetic-blocks.js';

export interface Arrivals {
  readonly blocks: number;
  readonly entries: number;
  /** For each block, from being acknowledged as durable to a checkpoint over it being so; ms, ascending. */
  readonly delays: readonly number[];
}

export interface ArrivalOptions {
  readonly seconds: number;
  readonly blocksPerSecond: number;
  readonly arrivingEntries: number;
  readonly tasks: number;
}

/**
 * Blocks that arrive at an even pace, with a notary at work as its own process and with standard settings.
 *
 * @throws BenchError where a block does not come under a checkpoint
 */
export async function arrivals(
  uri: string,
  signingKey: string,
  options: ArrivalOptions,
  signal: AbortSignal,
): Promise<Arrivals> {
  const connection = await emptyLog(uri);
  const env = { MONGODB_URI: uri, HJEMMEL_SIGNING_KEY: signingKey, HJEMMEL_LOG_ORIGIN: '', PORT: '' };
  const notary = new ConsumerProcess('notary', 'apps/notary/src/main.js', env, signal);
  const stopping = new AbortController();
  try {
    const writer = new MongoTrailWriter(connection);
    await writer.prepare();
    await notary.whileRunning(notary.line('making the log'));
    const seen = new CheckpointTimes(connection);
    const watching = seen.watch(stopping.signal);
    const landed = await write(writer, options, signal);
    const entries = landed.length * options.arrivingEntries;
    await notary.whileRunning(seen.reached(entries));
    stopping.abort();
    await watching;
    return { blocks: landed.length, entries, delays: await delays(connection, landed, seen) };
  } finally {
    stopping.abort();
    await notary.stop();
    await connection.close();
  }
}

interface Landed {
  readonly task: number;
  readonly n: number;
  /** `performance.now()` at the acknowledgement. */
  readonly at: number;
}

async function write(writer: MongoTrailWriter, options: ArrivalOptions, signal: AbortSignal): Promise<Landed[]> {
  const { seconds, blocksPerSecond, arrivingEntries, tasks } = options;
  const made = new SyntheticBlocks();
  const landed: Landed[] = [];
  const started = performance.now();
  for (let i = 0; i < Math.ceil(seconds * blocksPerSecond); i++) {
    const block = made.next(i % tasks, arrivingEntries);
    await sleep(Math.max(0, started + (i / blocksPerSecond) * 1_000 - performance.now()), undefined, { signal });
    await writer.append(block, signal);
    landed.push({ task: block.task, n: block.n, at: performance.now() });
  }
  return landed;
}

/** When each checkpoint was first seen to be durable. */
class CheckpointTimes {
  private readonly times = new Map<number, number>();
  private change = Promise.withResolvers<void>();

  constructor(private readonly connection: MongoConnection) {}

  /** Looks until the signal, some hundred times a second. */
  async watch(signal: AbortSignal): Promise<void> {
    const checkpoints = this.connection.db.collection<{ _id: number }>('checkpoints');
    for (let last = -1; !signal.aborted; await sleep(3)) {
      const sorted = { sort: { _id: 1 }, projection: { _id: 1 }, readConcern: 'majority' } as const;
      for await (const { _id } of checkpoints.find({ _id: { $gt: last } }, sorted)) {
        this.times.set(_id, performance.now());
        last = _id;
        this.change.resolve();
        this.change = Promise.withResolvers<void>();
      }
    }
  }

  async reached(size: number): Promise<void> {
    while (!this.times.has(size)) await this.change.promise;
  }

  at(size: number): number {
    const time = this.times.get(size);
    if (time === undefined) throw new BenchError(`There is no checkpoint of size ${size}.`);
    return time;
  }
}

async function delays(
  connection: MongoConnection,
  landed: readonly Landed[],
  seen: CheckpointTimes,
): Promise<number[]> {
  const under = new Map<string, number>();
  const sequence = connection.db.collection<{ end: number; blocks: { task: number; n: number }[] }>('sequence');
  for await (const { end, blocks } of sequence.find()) for (const { task, n } of blocks) under.set(`${task}/${n}`, end);
  return landed
    .map(({ task, n, at }) => {
      const end = under.get(`${task}/${n}`);
      if (end === undefined) throw new BenchError(`Block ${task}/${n} is not in the log.`);
      // The acknowledgement may come after the notary has read the block.
      return Math.max(0, seen.at(end) - at);
    })
    .sort((a, b) => a - b);
}
