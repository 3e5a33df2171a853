import { expect, test } from '@jest/globals';
import type { Admin } from 'kafkajs';
import kafkajs from 'kafkajs';
import { offsetsOf } from './topics.js';

const { KafkaJSNonRetriableError } = kafkajs;

/** Fails with each of these in turn, then answers. */
function failing(...faults: Error[]): Admin {
  const left = [...faults];
  const fetchTopicOffsets = (): Promise<unknown> => {
    const fault = left.shift();
    return fault === undefined ? Promise.resolve([]) : Promise.reject(fault);
  };
  return { fetchTopicOffsets } as unknown as Admin;
}

const unknownTopic = Object.assign(new Error('This server does not host this topic-partition'), { retriable: true });
const givenUp = Object.assign(new KafkaJSNonRetriableError('given up'), { cause: unknownTopic });

test('a topic that not all of the broker knows yet is waited for, also where kafkajs gives up', async () => {
  expect(await offsetsOf(failing(unknownTopic, givenUp), 'orders')).toEqual([]);
});

test('what does not pass is told at once', async () => {
  const refused = new KafkaJSNonRetriableError('Invalid topic');
  await expect(offsetsOf(failing(refused), 'orders')).rejects.toBe(refused);
});
