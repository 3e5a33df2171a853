import { expect, test } from '@jest/globals';
import { Latest } from './latest.js';

const never = new AbortController().signal;

test('the newest is handed over, once', async () => {
  const latest = new Latest<number>();
  const first = latest.take(never);
  latest.offer(1);
  latest.offer(2);
  expect(await first).toBe(2);
  expect(await latest.take(AbortSignal.timeout(20))).toBeNull();
  latest.offer(3);
  expect(await latest.take(never)).toBe(3);
});

test('what is given back yields to what is newer', async () => {
  const latest = new Latest<number>();
  latest.giveBack(1);
  expect(await latest.take(never)).toBe(1);
  latest.offer(2);
  latest.giveBack(1);
  expect(await latest.take(never)).toBe(2);
});

test('nothing is handed over after the signal', async () => {
  const latest = new Latest<number>();
  latest.offer(1);
  expect(await latest.take(AbortSignal.abort())).toBeNull();
});
