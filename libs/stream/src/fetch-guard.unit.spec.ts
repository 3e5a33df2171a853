import { describe, expect, test } from '@jest/globals';
import { carry, readPartition } from './fetch-guard.js';
import type { FetchedMessage, FetchedPartition } from './fetch-guard.js';

const COMMIT = Buffer.from([0, 0, 0, 1]);
const ABORT = Buffer.from([0, 0, 0, 0]);

interface Sketch {
  producer?: string;
  control?: 'commit' | 'abort';
  key?: Buffer;
  batch?: { first: number; last: number };
}

function message(offset: number, { producer, control, key, batch }: Sketch = {}): FetchedMessage {
  return {
    offset: String(offset),
    timestamp: '7',
    key: control === undefined ? (key ?? Buffer.from('k')) : control === 'abort' ? ABORT : COMMIT,
    value: Buffer.from('v'),
    headers: {},
    isControlRecord: control !== undefined,
    batchContext: {
      producerId: producer ?? '-1',
      inTransaction: producer !== undefined,
      firstOffset: String(batch?.first ?? offset),
      lastOffsetDelta: batch === undefined ? 0 : batch.last - batch.first,
    },
  };
}

function fetched(messages: FetchedMessage[], aborted: [producer: string, first: number][] = []): FetchedPartition {
  return {
    partition: 2,
    highWatermark: '100',
    lastStableOffset: '90',
    lastStartOffset: '4',
    abortedTransactions: aborted.map(([producerId, first]) => ({ producerId, firstOffset: String(first) })),
    messages,
  };
}

function read(from: number, partition: FetchedPartition): { offsets: number[]; from?: number; to?: number } {
  const chunk = readPartition('orders', from, partition);
  return { offsets: chunk?.records.map(({ offset }) => offset) ?? [], from: chunk?.from ?? -1, to: chunk?.to ?? -1 };
}

describe('readPartition', () => {
  test('reads plain records', () => {
    expect(readPartition('orders', 5, fetched([message(5), message(6)]))).toMatchObject({
      topic: 'orders',
      partition: 2,
      from: 5,
      to: 7,
      bytes: 4,
      logStart: 4,
      stableEnd: 90,
      records: [
        { topic: 'orders', partition: 2, offset: 5, timestamp: 7 },
        { topic: 'orders', partition: 2, offset: 6 },
      ],
    });
  });

  test('has nothing to say of an empty fetch', () => {
    expect(readPartition('orders', 5, fetched([]))).toBeNull();
  });

  test('leaves out records before the offset asked for: a batch begins before it', () => {
    expect(read(6, fetched([message(5), message(6)]))).toEqual({ offsets: [6], from: 6, to: 7 });
  });

  test('covers control records and the offsets that compaction emptied, to the end of the batch', () => {
    const compacted = fetched([message(5, { batch: { first: 3, last: 9 } }), message(10, { control: 'commit' })]);
    expect(read(4, compacted)).toEqual({ offsets: [5], from: 4, to: 11 });
    expect(read(6, fetched([message(5, { batch: { first: 3, last: 9 } })]))).toEqual({ offsets: [], from: 6, to: 10 });
  });

  test('leaves out aborted transactions, and only those', () => {
    const messages = [
      message(0, { producer: '1' }),
      message(1, { producer: '2' }),
      message(2),
      message(3, { producer: '1', control: 'abort' }),
      message(4, { producer: '2', control: 'commit' }),
      message(5, { producer: '1' }),
      message(6, { producer: '1', control: 'commit' }),
    ];
    expect(read(0, fetched(messages, [['1', 0]]))).toEqual({ offsets: [1, 2, 5], from: 0, to: 7 });
  });

  test('does so where transactions interleave and brokers list them by their ends', () => {
    const messages = [
      message(0, { producer: '1' }),
      message(1, { producer: '2' }),
      message(2, { producer: '2', control: 'abort' }),
      message(3, { producer: '1' }),
      message(4, { producer: '1', control: 'abort' }),
      message(5),
    ];
    const listed: [string, number][] = [
      ['2', 1],
      ['1', 0],
    ];
    expect(read(0, fetched(messages, listed)).offsets).toEqual([5]);
  });

  test('does so where two begin before the first message', () => {
    const messages = [message(4, { producer: '2' }), message(5, { producer: '1' })];
    const listed: [string, number][] = [
      ['1', 0],
      ['2', 1],
    ];
    expect(read(4, fetched(messages, listed)).offsets).toEqual([]);
  });

  test('does not take a record whose key looks like an abort marker for one', () => {
    const messages = [
      message(0, { producer: '1', key: ABORT }),
      message(1, { producer: '1' }),
      message(2, { producer: '1', control: 'abort' }),
    ];
    expect(read(0, fetched(messages, [['1', 0]])).offsets).toEqual([]);
  });
});

test('a carried chunk leaves kafkajs one message, at the last offset covered', () => {
  const partition = fetched([message(5, { batch: { first: 5, last: 9 } })]);
  const chunk = readPartition('orders', 5, partition);
  if (chunk === null) throw new Error('no chunk');
  carry(partition, chunk);
  expect(partition).toMatchObject({
    messages: [{ offset: '9', isControlRecord: false, chunk }],
    abortedTransactions: [],
  });
});
