import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { Offsets } from '../../apps/local/src/offsets.js';
import type { TopicRecord } from '../final-findings.js';

type Records = Map<number, TopicRecord[]>;

/** A reader that gets nothing for so long is given up; another one begins anew. */
const STANDSTILL_MS = 20_000;
const LOOK_EVERY_MS = 250;

/**
 * Every record that a read-committed consumer sees, by task (partition).
 *
 * @param ends where the topics end; the last offset of each topic-partition must hold a record
 */
export async function readTopics(brokers: string, ends: Offsets, signal: AbortSignal): Promise<Records> {
  for (let attempt = 0; ; attempt++) {
    signal.throwIfAborted();
    const records = await read(brokers, ends, `hjemmel-drill-${process.pid}-${attempt}`, signal);
    if (records !== null) return records;
  }
}

/** null where the consumer came to a standstill. */
async function read(brokers: string, ends: Offsets, groupId: string, signal: AbortSignal): Promise<Records | null> {
  const kafka = new kafkajs.Kafka({
    brokers: brokers.split(','),
    clientId: 'hjemmel-drill',
    logLevel: kafkajs.logLevel.NOTHING,
  });
  const records: Records = new Map();
  const open = new Set<string>();
  for (const [topic, list] of ends) {
    for (const [partition, end] of list.entries()) if (end > 0) open.add(`${topic} ${partition} ${end - 1}`);
  }
  let moved = performance.now();
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [...ends.keys()], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: ({ batch: { topic, partition, messages } }) => {
        const list = records.get(partition) ?? [];
        records.set(partition, list);
        for (const { offset, timestamp, value } of messages) {
          list.push({ topic, partition, offset: Number(offset), timestamp: Number(timestamp), value });
          open.delete(`${topic} ${partition} ${offset}`);
        }
        moved = performance.now();
        return Promise.resolve();
      },
    });
    while (open.size > 0) {
      await sleep(LOOK_EVERY_MS, undefined, { signal });
      if (performance.now() - moved > STANDSTILL_MS) return null;
    }
    return records;
  } finally {
    await consumer.disconnect();
  }
}
