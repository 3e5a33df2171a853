import { expect, test } from '@jest/globals';
import { taskCount } from './topics.js';

test('topics with equal partition counts give the number of tasks', () => {
  expect(taskCount(['a', 'b'], new Map([['a', 4], ['b', 4]]))).toBe(4); // prettier-ignore
});

test('a missing topic is named', () => {
  expect(() => taskCount(['a', 'b', 'c'], new Map([['b', 4]]))).toThrow('Kafka has no topic `a`, `c`');
});

test('unequal partition counts are named', () => {
  const counts = new Map([['a', 4], ['b', 3]]); // prettier-ignore
  expect(() => taskCount(['a', 'b'], counts)).toThrow('`a` 4, `b` 3');
});
