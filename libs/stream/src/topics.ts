import { StreamFault } from './stream-fault.js';

/**
 * Checks that the topics exist and have equal partition counts: a task is one partition number of all of them, so that a
 * subject's whole history is in one task.
 *
 * @returns the number of tasks
 * @throws StreamFault
 */
export function taskCount(topics: readonly string[], counts: ReadonlyMap<string, number>): number {
  const missing = topics.filter((topic) => !counts.has(topic));
  if (missing.length > 0) {
    throw new StreamFault(`Kafka has no topic \`${missing.join('`, `')}\`: create it, or set the topic names.`);
  }
  const [first, ...others] = topics.map((topic) => counts.get(topic) as number);
  if (first === undefined || others.some((count) => count !== first)) {
    const found = topics.map((topic) => `\`${topic}\` ${counts.get(topic)}`).join(', ');
    throw new StreamFault(
      `The topics need equal partition counts, but have: ${found}. Add partitions to the smaller ones.`,
    );
  }
  return first;
}
