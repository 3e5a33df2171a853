export { testPublisher, type TestPublisher } from './double.js';
export { InvalidEventError, type Input, type Instant, type InvalidEvent, type Publishable } from './input.js';
export { createPublisher, type Publisher, type PublisherOptions } from './publisher.js';
