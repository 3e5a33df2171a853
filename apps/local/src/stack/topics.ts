import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { localKafka, replication } from './kafka.js';
import { StackError } from './stack-error.js';

/** The four topics, and where unreadable records go. */
export const TOPICS = ['orders', 'marketing', 'sharing', 'rights'] as const;
export const DEAD_LETTER_TOPIC = 'hjemmel.dead-letter';

/**
 * Creates the topics that are missing, each with the same number of partitions.
 *
 * @throws {StackError} when topics kept from an earlier start have another number of partitions
 */
export async function ensureTopics(
  brokers: string,
  partitions: number | undefined,
  topics: readonly string[],
): Promise<void> {
  const admin = localKafka(brokers).admin();
  await admin.connect();
  try {
    const present = new Set(await admin.listTopics());
    const kept = topics.filter((topic) => present.has(topic));
    const { topics: descriptions } =
      kept.length > 0 ? await admin.fetchTopicMetadata({ topics: kept }) : { topics: [] };
    const counts = new Set(descriptions.map((description) => description.partitions.length));
    const [count] = counts;
    if (counts.size > 1 || (partitions !== undefined && count !== undefined && count !== partitions)) {
      throw new StackError(
        `The local topics were made with ${[...counts].join(', ')} partitions, not ${partitions ?? 'one number'}: ` +
          'ask for that number, or delete the kept data to begin anew.',
      );
    }
    const missing = topics.filter((topic) => !present.has(topic));
    if (missing.length === 0) return;
    const numPartitions = count ?? partitions ?? DEFAULT_PARTITIONS;
    const replicationFactor = replication(brokers.split(',').length).copies;
    await admin.createTopics({
      topics: missing.map((topic) => ({ topic, numPartitions, replicationFactor })),
      // kafkajs gives up on a broker that has not yet heard of what the controller made.
      waitForLeaders: false,
    });
    for (const topic of missing) await offsetsOf(admin, topic);
  } finally {
    await admin.disconnect();
  }
}

export const DEFAULT_PARTITIONS = 8;

const LED_WITHIN_MS = 300_000;
const POLL_MS = 100;

/**
 * A topic's offsets, as soon as every partition has a leader that knows of it: kafkajs' admin client gives up where a topic is
 * so new that not all of the broker knows it.
 */
export async function offsetsOf(admin: Admin, topic: string): ReturnType<Admin['fetchTopicOffsets']> {
  const until = Date.now() + LED_WITHIN_MS;
  for (;;) {
    try {
      return await admin.fetchTopicOffsets(topic);
    } catch (fault) {
      if (!isPassing(fault) || Date.now() > until) throw fault;
      await sleep(POLL_MS);
    }
  }
}

/** Whether it may be over soon; kafkajs wraps what it has given up trying again into faults that are not. */
function isPassing(fault: unknown): boolean {
  const { retriable, cause } = fault as { retriable?: boolean; cause?: { retriable?: boolean } };
  return retriable === true || cause?.retriable === true;
}
