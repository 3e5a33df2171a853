import { toEvents, type Publishable } from './input.js';
import { DEFAULT_TOPICS, toMessage, type Topics } from './message.js';
import { Outbox } from './outbox.js';
import { KafkaTransport, type KafkaOptions, type Transport } from './transport.js';

export interface Publisher {
  /**
   * Publishes events. Events of one subject stay in the order given, from call to call.
   *
   * Resolves when Kafka has them on all in-sync replicas. While Kafka is away it waits. Should it reject for another
   * reason than invalid events, some of them may have been published: publish all of them again, under the same event
   * ids; repeated ids count once.
   *
   * @throws InvalidEventError (as a rejection) naming every fault of every event; then none was published
   */
  publish(events: Publishable | readonly Publishable[]): Promise<void>;

  /**
   * Waits for what was published, then disconnects. What Kafka has not taken by then is rejected.
   *
   * @param withinMs how long to wait, default 10 seconds
   */
  close(withinMs?: number): Promise<void>;
}

export interface PublisherOptions extends KafkaOptions {
  /** Topics under other names than their streams'. */
  readonly topics?: Partial<Topics>;
}

/** Connects on first use. Make one and share it: what is published at the same time goes out together. */
export function createPublisher(options: PublisherOptions): Publisher {
  return publisherOver(new KafkaTransport(options), { ...DEFAULT_TOPICS, ...options.topics });
}

/** A publisher over any transport. */
export function publisherOver(transport: Transport, topics: Topics): Publisher {
  const outbox = new Outbox((messages) => transport.send(messages));
  let closed = false;
  return {
    async publish(events) {
      if (closed) throw new Error('the publisher is closed: make a new one to publish more');
      const inputs = 'stream' in events ? [events] : events;
      await outbox.add(toEvents(inputs).map((event) => toMessage(event, topics)));
    },
    async close(withinMs = 10_000) {
      closed = true;
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise<void>((resolve) => (timer = setTimeout(resolve, withinMs)));
      await Promise.race([outbox.drain(), timeout]);
      clearTimeout(timer);
      outbox.abandon(new Error(`Kafka did not take the event within ${withinMs} ms of closing the publisher`));
      await transport.close();
    },
  };
}
