import { localKafka } from './stack/kafka.js';

/** End offsets by topic and partition: `offsets.get(topic)?.[partition]`. */
export type Offsets = ReadonlyMap<string, readonly number[]>;

/**
 * Where the topics end now.
 *
 * @param brokers as KAFKA_BROKERS takes them
 */
export async function endOffsets(brokers: string, topics: readonly string[]): Promise<Offsets> {
  const admin = localKafka(brokers).admin();
  await admin.connect();
  try {
    const ends = new Map<string, number[]>();
    for (const topic of topics) {
      const list: number[] = [];
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) list[partition] = Number(high);
      ends.set(topic, list);
    }
    return ends;
  } finally {
    await admin.disconnect();
  }
}

/** How many offsets lie between two readings. */
export function between(from: Offsets, to: Offsets): number {
  let count = 0;
  for (const [topic, ends] of to) {
    for (const [partition, end] of ends.entries()) count += end - (from.get(topic)?.[partition] ?? 0);
  }
  return count;
}
