import { randomUUID } from 'node:crypto';
import type { Admin, Kafka, KafkaMessage, Message } from 'kafkajs';
import { createKafka } from './kafkajs-client.js';
import { letterHeaders } from './letter-headers.js';
import type { StreamLog } from './log.js';
import type { KafkaSettings } from './settings.js';
import { StreamFault } from './stream-fault.js';

export interface ErasedLetters {
  /** Letters that were erased. */
  readonly erased: number;
  /** Letters that were written again, to the end of their partition, because what lies before them had to go. */
  readonly kept: number;
}

/** How far a pass over the topic has come, in offsets. */
export interface LettersProgress {
  readonly pass: 'reading' | 'writing again';
  readonly done: number;
  readonly total: number;
}

/** A letter as it lies in the topic. */
export type Letter = Pick<KafkaMessage, 'key' | 'value' | 'headers'>;

interface Stretch {
  readonly partition: number;
  /** Offsets `[from, to)`. */
  readonly from: number;
  readonly to: number;
}

/**
 * Erases letters from a dead-letter topic. Kafka cannot delete single records, so in each partition that has such a
 * letter the others are written again, at its end and as they were, and all that lay there before is deleted. Broken off
 * half-way it leaves letters twice, and none lost. Kafka gives the room on its disks free when the segment is done with
 * (`segment.ms`); nobody can read the letters any more at once.
 *
 * @throws StreamFault where there is no such topic, or Kafka does not allow it
 */
export async function eraseLetters(
  settings: KafkaSettings,
  topic: string,
  isToErase: (letter: Letter) => boolean,
  log: StreamLog,
  progress: (progress: LettersProgress) => void,
): Promise<ErasedLetters> {
  const kafka = createKafka(settings, log);
  const admin = kafka.admin();
  await admin.connect();
  try {
    if (!(await admin.listTopics()).includes(topic)) {
      throw new StreamFault(`Kafka has no topic \`${topic}\` for dead letters: set HJEMMEL_TOPIC_DEAD_LETTER.`);
    }
    const stretches = await stretchesOf(admin, topic);
    const found = new Map<number, number>();
    const reading = counter('reading', stretches, progress);
    await read(kafka, admin, topic, stretches, (partition, letters) => {
      reading(letters.length);
      const count = letters.filter(isToErase).length;
      if (count > 0) found.set(partition, (found.get(partition) ?? 0) + count);
    });
    const touched = stretches.filter(({ partition }) => found.has(partition));
    if (touched.length === 0) return { erased: 0, kept: 0 };
    const writing = counter('writing again', touched, progress);
    const kept = await writeAgain(kafka, admin, topic, touched, (letter) => !isToErase(letter), writing);
    await admin.deleteTopicRecords({
      topic,
      partitions: touched.map(({ partition, to }) => ({ partition, offset: String(to) })),
    });
    return { erased: [...found.values()].reduce((sum, count) => sum + count, 0), kept };
  } finally {
    await admin.disconnect();
  }
}

async function writeAgain(
  kafka: Kafka,
  admin: Admin,
  topic: string,
  stretches: readonly Stretch[],
  isKept: (letter: Letter) => boolean,
  done: (letters: number) => void,
): Promise<number> {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  try {
    let kept = 0;
    await read(kafka, admin, topic, stretches, async (partition, letters) => {
      const messages = letters.filter(isKept).map((letter) => again(letter, partition));
      if (messages.length > 0) await producer.send({ topic, acks: -1, messages });
      kept += messages.length;
      done(letters.length);
    });
    return kept;
  } finally {
    await producer.disconnect();
  }
}

function counter(
  pass: LettersProgress['pass'],
  stretches: readonly Stretch[],
  progress: (progress: LettersProgress) => void,
): (letters: number) => void {
  const total = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  let done = 0;
  return (letters) => progress({ pass, done: (done += letters), total });
}

function again({ key, value, headers, timestamp }: KafkaMessage, partition: number): Message {
  return { key, value, partition, timestamp, ...(headers === undefined ? {} : { headers }) };
}

async function stretchesOf(admin: Admin, topic: string): Promise<Stretch[]> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets
    .map(({ partition, low, high }) => ({ partition, from: Number(low), to: Number(high) }))
    .filter(({ from, to }) => to > from);
}

/** Reads the stretches of a topic from beginning to end, and no further. */
async function read(
  kafka: Kafka,
  admin: Admin,
  topic: string,
  stretches: readonly Stretch[],
  take: (partition: number, letters: KafkaMessage[]) => void | Promise<void>,
): Promise<void> {
  const open = new Map(stretches.map(({ partition, to }) => [partition, to]));
  if (open.size === 0) return;
  const groupId = `hjemmel-erase-${randomUUID()}`;
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  const done = Promise.withResolvers<void>();
  consumer.on(consumer.events.CRASH, ({ payload }) => done.reject(payload.error));
  consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { partition, lastOffset } }) => {
    if (Number(lastOffset) + 1 >= (open.get(partition) ?? Infinity)) open.delete(partition);
    if (open.size === 0) done.resolve();
  });
  await consumer.connect();
  try {
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch: { partition, messages } }) => {
        const to = open.get(partition);
        if (to === undefined) return;
        const letters = messages
          .filter(({ offset }) => Number(offset) < to)
          .map((letter) => ({ ...letter, headers: letterHeaders(letter.headers) }) as KafkaMessage);
        await take(partition, letters);
      },
    });
    await done.promise;
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}
