import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Batches } from './batches.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function gathered(): { batches: Batches<number>; delivered: number[][] } {
  const delivered: number[][] = [];
  return { batches: new Batches({ interval: 1000, deliver: (items) => void delivered.push(items) }), delivered };
}

describe('what comes in bursts', () => {
  test('is delivered at once when it is calm', () => {
    const { batches, delivered } = gathered();
    batches.add(1);
    jest.advanceTimersByTime(1000);
    batches.add(2);
    expect(delivered).toEqual([[1], [2]]);
  });

  test('is delivered at most once an interval under load, complete and in order', () => {
    const { batches, delivered } = gathered();
    const sent = Array.from({ length: 10_000 }, (_, number) => number);
    for (const number of sent) {
      batches.add(number);
      jest.advanceTimersByTime(1);
    }
    jest.advanceTimersByTime(1000);
    expect(delivered.length).toBeLessThanOrEqual(11);
    expect(delivered.flat()).toEqual(sent);
  });

  test('does not keep a clock running for nothing', () => {
    const { batches } = gathered();
    batches.add(1);
    jest.advanceTimersByTime(1000);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('is forgotten when it is stopped', () => {
    const { batches, delivered } = gathered();
    batches.add(1);
    batches.add(2);
    batches.stop();
    jest.advanceTimersByTime(5000);
    expect(delivered).toEqual([[1]]);
  });
});
