export { check } from './check.js';
export { testPublisher, type TestPublisher } from './double.js';
export { InvalidEventError, type Input, type Instant, type InvalidEvent, type Publishable } from './input.js';
export { createPublisher, type Publisher, type PublisherOptions } from './publisher.js';
export type { Finding, Reason } from '#libs/judge';
