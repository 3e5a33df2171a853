import kafkajs from 'kafkajs';
import { endOffsets } from '../../apps/local/src/offsets.js';
import { entriesOf, MongoTrailReader, type MongoConnection } from '#libs/trail';
import type { Manifest } from './manifest.js';

export interface Checked {
  /** Of records; amendments, duties and acts are beside them. */
  readonly entries: number;
  readonly amendments: number;
  readonly duties: number;
  readonly deadLetters: number;
  /** What is not as it should be, a sentence each, the first of them. */
  readonly faults: readonly string[];
}

const TOLD = 20;

/** Notes faults; the first in full, the others as a number. */
class Told {
  readonly list: string[] = [];
  private more = 0;

  add(sentence: string): void {
    if (this.list.length < TOLD) this.list.push(sentence);
    else this.more++;
  }

  all(): string[] {
    return this.more === 0 ? this.list : [...this.list, `and ${this.more} more`];
  }
}

/** One bit an offset of each topic-partition. */
class Seen {
  private readonly partitions = new Map<string, Uint8Array>();

  constructor(manifest: Manifest) {
    for (const [topic, partition, length] of manifest.lengths()) {
      this.partitions.set(`${topic} ${partition}`, new Uint8Array(length));
    }
  }

  /** How often it was seen before. */
  add(topic: string, partition: number, offset: number): number {
    const own = this.partitions.get(`${topic} ${partition}`);
    if (own === undefined || offset >= own.length) return 0;
    return own[offset]! === 255 ? 255 : own[offset]!++;
  }

  has(topic: string, partition: number, offset: number): boolean {
    return (this.partitions.get(`${topic} ${partition}`)?.[offset] ?? 0) > 0;
  }
}

/**
 * Holds the trail and the dead letters against what was published: each record has one entry, unreadable where it is, and
 * then its letter, with the key and value that it had.
 */
export async function checkFuzz(
  mongodb: MongoConnection,
  brokers: string,
  deadLetterTopic: string,
  manifest: Manifest,
): Promise<Checked> {
  const told = new Told();
  const counts = await checkEntries(mongodb, manifest, told);
  const deadLetters = await checkLetters(brokers, deadLetterTopic, manifest, told);
  return { ...counts, deadLetters, faults: told.all() };
}

async function checkEntries(
  mongodb: MongoConnection,
  manifest: Manifest,
  told: Told,
): Promise<Pick<Checked, 'entries' | 'amendments' | 'duties'>> {
  const trail = new MongoTrailReader(mongodb);
  const account = await trail.accountOffsets({ whole: true });
  for (const fault of account.faults) told.add(fault);
  const seen = new Seen(manifest);
  let [entries, amendments, duties] = [0, 0, 0];
  for await (const block of trail.blocks()) {
    for (const { entry } of entriesOf(block)) {
      if (entry.kind === 'amendment') amendments++;
      if (entry.kind === 'duty') duties++;
      if (entry.kind !== 'finding' && entry.kind !== 'unreadable') continue;
      entries++;
      const { topic, partition, offset } = entry.source ?? { topic: '', partition: -1, offset: -1 };
      const place = `offset ${offset} of partition ${partition} of ${topic}`;
      const readable = manifest.isReadable(topic, partition, offset);
      if (readable === null) told.add(`an entry is about ${place}, where nothing was published`);
      else if (readable !== (entry.kind === 'finding')) {
        told.add(`${place} ${readable ? 'can' : 'cannot'} be read, and its entry is of kind ${entry.kind}`);
      }
      if (seen.add(topic, partition, offset) > 0) told.add(`${place} has more than one entry`);
    }
  }
  for (const [topic, partition, length] of manifest.lengths()) {
    for (let offset = 0; offset < length; offset++) {
      if (!seen.has(topic, partition, offset))
        told.add(`offset ${offset} of partition ${partition} of ${topic} has no entry`);
    }
  }
  return { entries, amendments, duties };
}

async function checkLetters(brokers: string, topic: string, manifest: Manifest, told: Told): Promise<number> {
  const seen = new Seen(manifest);
  let letters = 0;
  await readTopic(brokers, topic, (message) => {
    letters++;
    const at = (name: string): Buffer => message.headers?.[`kafka_dlt-original-${name}`] as Buffer;
    const [from, partition, offset] = [
      String(at('topic')),
      at('partition').readInt32BE(),
      Number(at('offset').readBigInt64BE()),
    ];
    const place = `offset ${offset} of partition ${partition} of ${from}`;
    if (manifest.isReadable(from, partition, offset) !== false) told.add(`${place} is a dead letter, and can be read`);
    if (!manifest.had(from, partition, offset, message.key, message.value)) {
      told.add(`the dead letter of ${place} is not what was published`);
    }
    seen.add(from, partition, offset);
  });
  for (const [from, partition, length] of manifest.lengths()) {
    for (let offset = 0; offset < length; offset++) {
      if (manifest.isReadable(from, partition, offset) || seen.has(from, partition, offset)) continue;
      told.add(`offset ${offset} of partition ${partition} of ${from} cannot be read, and is no dead letter`);
    }
  }
  return letters;
}

/** Every message of a topic, up to where it ends now. */
async function readTopic(brokers: string, topic: string, take: (message: kafkajs.KafkaMessage) => void): Promise<void> {
  const ends = (await endOffsets(brokers, [topic])).get(topic) ?? [];
  const open = new Map(ends.flatMap((end, partition) => (end > 0 ? [[partition, end] as const] : [])));
  if (open.size === 0) return;
  const kafka = new kafkajs.Kafka({
    brokers: brokers.split(','),
    clientId: 'hjemmel-drill',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const consumer = kafka.consumer({ groupId: `hjemmel-drill-letters-${process.pid}-${Date.now()}` });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const { promise, resolve } = Promise.withResolvers<void>();
  await consumer.run({
    autoCommit: false,
    eachBatch: ({ batch: { partition, messages } }) => {
      for (const message of messages) {
        const end = open.get(partition);
        if (end === undefined) break;
        take(message);
        if (Number(message.offset) >= end - 1) open.delete(partition);
      }
      if (open.size === 0) resolve();
      return Promise.resolve();
    },
  });
  await promise;
  await consumer.disconnect();
}
