import { describe, expect, test } from '@jest/globals';
import { decodeRecord, WriterSchemas } from '#libs/events';
import { testPublisher } from './double.js';
import { InvalidEventError, type Publishable } from './input.js';
import { DEFAULT_TOPICS, type OutgoingMessage } from './message.js';
import { createPublisher, publisherOver } from './publisher.js';
import type { Transport } from './transport.js';

const order: Publishable = {
  stream: 'orders',
  event: {
    eventId: '77c3297d-831d-4e5d-9281-e171b3e9ab90',
    occurredAt: new Date('2024-01-02T03:04:05.678Z'),
    controller: 'jetkids',
    service: 'webshop',
    subject: 'c-1',
    purpose: 'contract',
    legalBasis: 'contract',
    dataCategories: ['name'],
    collectedAt: Date.UTC(2023, 11, 1),
    action: 'placed',
  },
};
const consent: Publishable = {
  stream: 'rights',
  event: {
    eventId: '77c3297d-831d-4e5d-9281-e171b3e9ab91',
    occurredAt: '2024-01-02T03:04:05Z',
    controller: 'jetkids',
    service: 'webshop',
    subject: 'c-1',
    action: 'consent_given',
  },
};

/** Records batches; each waits until it is let go, or fails. */
class HeldTransport implements Transport {
  readonly batches: (readonly OutgoingMessage[])[] = [];
  readonly letGo: ((error?: Error) => void)[] = [];
  closed = false;
  readonly #onSend: (() => void)[] = [];

  send(messages: readonly OutgoingMessage[]): Promise<void> {
    this.batches.push(messages);
    this.#onSend.shift()?.();
    return new Promise((resolve, reject) => {
      this.letGo.push((error) => {
        if (error === undefined) resolve();
        else reject(error);
      });
    });
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  /** Resolves when the next batch arrives. */
  sent(): Promise<void> {
    return new Promise((resolve) => this.#onSend.push(resolve));
  }
}

function held(): { transport: HeldTransport; publisher: ReturnType<typeof publisherOver> } {
  const transport = new HeldTransport();
  return { transport, publisher: publisherOver(transport, DEFAULT_TOPICS) };
}

describe('publish', () => {
  test('sends Avro with key and CloudEvents headers, defaults filled in', async () => {
    const { transport, publisher } = held();
    const sent = transport.sent();
    const published = publisher.publish([order, consent]);
    await sent;
    transport.letGo[0]!();
    await published;

    const [first, second] = transport.batches[0]!;
    expect(first).toMatchObject({
      topic: 'orders',
      key: 'jetkids/c-1',
      headers: { ce_type: 'hjemmel.v1.OrderEvent', 'content-type': 'application/avro' },
    });
    expect(second).toMatchObject({ topic: 'rights', key: 'jetkids/c-1' });
    expect(decodeRecord(first!.value, new WriterSchemas())).toMatchObject({
      ok: true,
      event: {
        stream: 'orders',
        event: {
          occurredAt: Date.UTC(2024, 0, 2, 3, 4, 5, 678),
          collectedAt: Date.UTC(2023, 11, 1),
          justification: null,
          customerType: 'private',
        },
      },
    });
  });

  test('what is published meanwhile makes the next batch', async () => {
    const { transport, publisher } = held();
    let sent = transport.sent();
    const first = publisher.publish(order);
    await sent;
    sent = transport.sent();
    const rest = [publisher.publish(order), publisher.publish([order, consent])];
    transport.letGo[0]!();
    await first;
    await sent;
    transport.letGo[1]!();
    await Promise.all(rest);
    expect(transport.batches.map((batch) => batch.length)).toEqual([1, 3]);
  });

  test('batches stay below what a broker takes', async () => {
    const { transport, publisher } = held();
    const dataCategories = Array.from({ length: 200 }, () => 'x'.repeat(1_000));
    const large = { ...order, event: { ...order.event, dataCategories } } as Publishable;
    const published = publisher.publish([large, large, large]);
    for (let i = 0; i < 2; i++) {
      if (transport.letGo[i] === undefined) await transport.sent();
      transport.letGo[i]!();
    }
    await published;
    expect(transport.batches.map((batch) => batch.length)).toEqual([2, 1]);
  });

  test('a failed batch rejects its own publishers alone', async () => {
    const { transport, publisher } = held();
    let sent = transport.sent();
    const first = publisher.publish(order);
    await sent;
    sent = transport.sent();
    const second = publisher.publish(order);
    transport.letGo[0]!(new Error('record too large'));
    await expect(first).rejects.toThrow('record too large');
    await sent;
    transport.letGo[1]!();
    await expect(second).resolves.toBeUndefined();
  });

  test('nothing to publish is published at once', async () => {
    const { transport, publisher } = held();
    await publisher.publish([]);
    expect(transport.batches).toEqual([]);
  });
});

describe('invalid events', () => {
  const bad = {
    stream: 'orders',
    event: { ...order.event, occurredAt: new Date(Number.NaN), legalBasis: 'consnt', subject: 'secret\ud800' },
  } as unknown as Publishable;

  test('all faults of all events are named, nothing is quoted, nothing is sent', async () => {
    const { transport, publisher } = held();
    const noStream = { stream: 'order', event: {} } as unknown as Publishable;
    const error: unknown = await publisher.publish([order, bad, noStream]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(InvalidEventError);
    expect((error as InvalidEventError).invalid).toEqual([
      {
        index: 1,
        faults: [
          expect.stringContaining('`occurredAt` is not an ISO 8601 UTC time'),
          expect.stringContaining('`subject` is not well-formed Unicode'),
          expect.stringContaining('did you mean `consent`?'),
        ],
      },
      { index: 2, faults: ['`stream` is none of orders, marketing, sharing, rights'] },
    ]);
    expect((error as Error).message).not.toContain('secret');
    expect(transport.batches).toEqual([]);
  });
});

describe('close', () => {
  test('waits for what was published', async () => {
    const { transport, publisher } = held();
    const sent = transport.sent();
    const published = publisher.publish(order);
    await sent;
    const closed = publisher.close();
    expect(transport.closed).toBe(false);
    transport.letGo[0]!();
    await Promise.all([published, closed]);
    expect(transport.closed).toBe(true);
  });

  test('rejects what Kafka does not take in time, under way or waiting', async () => {
    const { transport, publisher } = held();
    const sent = transport.sent();
    const underWay = publisher.publish(order);
    await sent;
    const waiting = publisher.publish(order);
    const closed = publisher.close(1);
    await expect(underWay).rejects.toThrow('Kafka did not take the event within 1 ms');
    await expect(waiting).rejects.toThrow('Kafka did not take the event within 1 ms');
    await closed;
    expect(transport.closed).toBe(true);
  });

  test('refuses to publish more', async () => {
    const { publisher } = held();
    await publisher.close();
    await expect(publisher.publish(order)).rejects.toThrow('the publisher is closed');
  });

  test('ends the waiting for a Kafka that is not there, and says why nothing was sent', async () => {
    const lines: string[] = [];
    let told: () => void = () => undefined;
    const waiting = new Promise<void>((resolve) => (told = resolve));
    const log = (line: string): void => {
      lines.push(line);
      told();
    };
    // Port 1 (tcpmux) answers nowhere.
    const publisher = createPublisher({ brokers: ['127.0.0.1:1'], clientId: 'test', log });
    const published = publisher.publish(order);
    await waiting;
    await Promise.all([expect(published).rejects.toThrow('Kafka did not take'), publisher.close(1)]);
    expect(lines).toEqual([expect.stringContaining('Kafka at 127.0.0.1:1 does not take events, waiting:')]);
  });
});

describe('the test double', () => {
  test('records valid events and refuses others as the real one does', async () => {
    const publisher = testPublisher();
    await publisher.publish(order);
    await publisher.publish([consent]);
    expect(publisher.events.map(({ stream }) => stream)).toEqual(['orders', 'rights']);
    expect(publisher.events[0]!.event).toMatchObject({ customerType: 'private', occurredAt: expect.any(Number) });
    await expect(publisher.publish({ ...order, event: {} } as never)).rejects.toThrow(InvalidEventError);
    await publisher.close();
    await expect(publisher.publish(order)).rejects.toThrow('the publisher is closed');
  });
});
