import type { StreamEvent } from '#libs/events';
import { toEvents } from './input.js';
import type { Publisher } from './publisher.js';

/** A publisher for the tests of publishing services: it validates as the real one does, and keeps what it is given. */
export interface TestPublisher extends Publisher {
  /** What was published, in order, with defaults filled in and times in ms since the epoch. */
  readonly events: readonly StreamEvent[];
}

export function testPublisher(): TestPublisher {
  const events: StreamEvent[] = [];
  let closed = false;
  return {
    events,
    async publish(inputs) {
      if (closed) throw new Error('the publisher is closed: make a new one to publish more');
      events.push(...toEvents('stream' in inputs ? [inputs] : inputs));
    },
    async close() {
      closed = true;
    },
  };
}
