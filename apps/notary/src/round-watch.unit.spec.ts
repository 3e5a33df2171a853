import { expect, test } from '@jest/globals';
import { RoundWatch } from './round-watch.js';

test('rounds turn until one takes far too long', () => {
  const watch = new RoundWatch();
  const now = performance.now();
  expect(watch.turning(now + 1_000)).toBe(true);
  expect(watch.turning(now + 60_000)).toBe(false);
});
