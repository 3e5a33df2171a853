import { expect, test } from '@jest/globals';
import type { StreamEvent } from '#libs/events';
import { publishTraffic } from './publish.js';

const DAY = 86_400_000;

test('traffic that goes on begins with events of the two years up to now, of which the page has its first charts', async () => {
  const events: StreamEvent[] = [];
  const publish = (batch: readonly StreamEvent[]) => Promise.resolve(void events.push(...batch));
  const stop = new AbortController();
  const publishing = publishTraffic({ publish } as never, { seed: 1, events: null, rate: 0 }, stop.signal);
  while (publishing.published < 6_000) await new Promise(setImmediate);
  stop.abort();
  await publishing.done;
  const ages = events.slice(0, 6_000).map(({ event }) => (Date.now() - event.occurredAt) / DAY);
  expect(Math.max(...ages)).toBeGreaterThan(600);
  expect(ages.filter((age) => age < 30).length).toBeGreaterThan(50);
});
