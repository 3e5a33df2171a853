import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compressFrameSync } from 'lz4-napi';
import { compressSync } from 'snappy';
import { crc32c } from './crc32c.js';
import { readPartition } from './fetch-guard.js';
import { isCurrentFormat, readBatches, type Room } from './record-batch.js';
import { encodeRecord, rawBatch, recordBatch, type BatchSketch, type Sketch } from './record-batch.fixture.js';
import { MAX_UNPACKED_BYTES } from './unpack.js';

const ROOMY = (): Room => ({ bytes: 1e9, records: 1e9 });
const text = (value: string): Buffer => Buffer.from(value);
const records = (count: number, value = 'v'): Sketch[] =>
  Array.from({ length: count }, (_, i) => ({ key: text(`k${i}`), value: text(value) }));

async function offsets(set: Buffer, from = 0, room = ROOMY()): Promise<{ offsets: number[]; end: number }> {
  const { messages, end } = await readBatches(set, from, room);
  return { offsets: messages.map(({ offset }) => Number(offset)), end };
}

test('CRC-32C of the check value', () => {
  expect(crc32c(text('123456789'))).toBe(0xe3069283);
});

describe('a record batch', () => {
  test('is read field by field', async () => {
    const set = recordBatch(
      [
        { key: text('a'), value: text('1'), headers: [['h', text('x')]], timestampDelta: -400 },
        { offsetDelta: 5, timestampDelta: 3 },
      ],
      { first: 40, attributes: 0x10, producer: 7n, lastDelta: 6 },
    );
    const batchContext = { producerId: '7', inTransaction: true };
    expect(await readBatches(set, 40, ROOMY())).toMatchObject({
      messages: [
        { offset: '40', timestamp: '600', key: text('a'), value: text('1'), isControlRecord: false, batchContext },
        { offset: '45', timestamp: '1003', key: null, value: null, headers: {}, batchContext },
      ],
      end: 47,
    });
  });

  test('with the time of appending has that, and control records are told', async () => {
    const { messages } = await readBatches(recordBatch(records(2), { attributes: 0x28 }), 0, ROOMY());
    expect(messages).toMatchObject([
      { timestamp: '9000', isControlRecord: true },
      { timestamp: '9000', isControlRecord: true },
    ]);
  });

  test.each<[string, number, (bytes: Buffer) => Buffer]>([
    ['gzip', 1, (bytes) => gzipSync(bytes)],
    ['snappy', 2, (bytes) => compressSync(bytes)],
    ['lz4', 3, (bytes) => compressFrameSync(bytes)],
    ['zstd', 4, (bytes) => zstdCompressSync(bytes)],
  ])('compressed by %s', async (_, attributes, pack) => {
    const set = recordBatch(records(1_000, 'v'.repeat(100)), { attributes, pack });
    expect(set.length).toBeLessThan(20_000);
    const { messages, end } = await readBatches(set, 0, ROOMY());
    expect(end).toBe(1_000);
    expect(messages.every(({ key, value }, i) => key?.toString() === `k${i}` && value?.length === 100)).toBe(true);
  });

  test('begins where was asked, and goes as far as came whole', async () => {
    const set = Buffer.concat([recordBatch(records(4)), recordBatch(records(4), { first: 4 })]);
    expect(await offsets(set, 2)).toEqual({ offsets: [2, 3, 4, 5, 6, 7], end: 8 });
    expect(await offsets(set.subarray(0, -1), 2)).toEqual({ offsets: [2, 3], end: 4 });
    expect(await offsets(set.subarray(0, 30), 2)).toEqual({ offsets: [], end: 2 });
    expect(await offsets(Buffer.alloc(0), 2)).toEqual({ offsets: [], end: 2 });
  });

  test('of which compaction left nothing is passed', async () => {
    const set = Buffer.concat([recordBatch([], { lastDelta: 9 }), recordBatch([], { first: 10, lastDelta: 0 })]);
    expect(await offsets(set, 3)).toEqual({ offsets: [], end: 11 });
    const partition = { partition: 0, highWatermark: '11', ...(await readBatches(set, 3, ROOMY())) };
    expect(readPartition('orders', 3, partition)).toMatchObject({ from: 3, to: 11, records: [] });
  });

  test('of an older format is told from the present one', () => {
    const old = recordBatch(records(1));
    old[16] = 1;
    expect(isCurrentFormat(old)).toBe(false);
    expect(isCurrentFormat(recordBatch(records(1)))).toBe(true);
    expect(isCurrentFormat(Buffer.alloc(0))).toBe(true);
  });
});

test('whatever the room, every offset comes once and in order', async () => {
  const batches = fc.array(fc.record({ count: fc.nat(6), gap: fc.nat(2), packed: fc.boolean() }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(
      batches,
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 60 }),
      async (list, count, bytes) => {
        const parts: Buffer[] = [];
        const expected: number[] = [];
        let first = 0;
        for (const { count: size, gap, packed } of list) {
          const sketch: BatchSketch = { first, lastDelta: size + gap };
          const pack: BatchSketch = packed ? { attributes: 1, pack: (body) => gzipSync(body) } : {};
          parts.push(recordBatch(records(size), { ...sketch, ...pack }));
          for (let i = 0; i < size; i++) expected.push(first + i);
          first += size + gap + 1;
        }
        const set = Buffer.concat(parts);
        const seen: number[] = [];
        for (let from = 0; from < first;) {
          const read = await offsets(set, from, { bytes, records: count });
          expect(read.end).toBeGreaterThan(from);
          expect(read.offsets.length).toBeLessThanOrEqual(count);
          seen.push(...read.offsets);
          from = read.end;
        }
        expect(seen).toEqual(expected);
      },
    ),
  );
});

describe('a batch made to do harm', () => {
  test('of half a million records in a few kilobytes is read in portions', async () => {
    const one = encodeRecord({});
    const body = Buffer.alloc(one.length * 500_000, one);
    const set = rawBatch(zstdCompressSync(body), {
      ...{ first: 0, lastDelta: 499_999, attributes: 4, time: 0n, appendTime: 0n, producer: -1n, count: 500_000 },
    });
    expect(set.length).toBeLessThan(10_000);
    const room = { bytes: 1e9, records: 200_000 };
    const { messages, end } = await readBatches(set, 0, room);
    // Every record of this body says that it is the first; what counts is how many were taken in.
    expect({ count: messages.length, end }).toEqual({ count: 200_000, end: 1 });
  });

  test('of records with a hundred thousand headers takes no time', async () => {
    const headers = Array.from({ length: 100_000 }, (_, i) => [String(i), null] as const);
    const set = recordBatch([{ headers }, { headers: headers.map(() => ['', null] as const) }, { value: text('v') }]);
    const started = performance.now();
    const { messages } = await readBatches(set, 0, ROOMY());
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(messages.map((message) => message.headers)).toEqual([{}, {}, {}]);
    expect(messages[2]?.value).toEqual(text('v'));
  });

  test('headers have any name, and any number of values', async () => {
    const names = ['__proto__', 'constructor', '', 'a', 'a', 'a'];
    const set = recordBatch([{ headers: names.map((name, i) => [name, i === 0 ? null : text(String(i))] as const) }]);
    const [message] = (await readBatches(set, 0, ROOMY())).messages;
    expect(Object.entries(message!.headers)).toEqual([
      ['__proto__', Buffer.alloc(0)],
      ['constructor', text('1')],
      ['', text('2')],
      ['a', [text('3'), text('4'), text('5')]],
    ]);
    expect({}.constructor).toBe(Object);
  });

  test('with more than can be unpacked keeps what comes before, and says so of the rest', async () => {
    const small = encodeRecord({ value: text('small') });
    const length = MAX_UNPACKED_BYTES + 1;
    const large = encodeRecord({ value: Buffer.alloc(length), offsetDelta: 1 });
    const last = encodeRecord({ offsetDelta: 2 });
    const body = zstdCompressSync(Buffer.concat([small, large, last]));
    const sketch = { attributes: 4, time: 5n, appendTime: 0n, producer: -1n };
    const set = Buffer.concat([rawBatch(body, { first: 0, lastDelta: 2, count: 3, ...sketch }), recordBatch(records(1), { first: 3 })]); // prettier-ignore
    expect(set.length).toBeLessThan(50_000);
    const { messages, end } = await readBatches(set, 0, ROOMY());
    expect(messages.map(({ offset, value, fault }) => ({ offset, value: value?.toString(), fault }))).toEqual([
      { offset: '0', value: 'small', fault: undefined },
      { offset: '1', value: undefined, fault: 'the record batch unpacks to more than can be read' },
      { offset: '2', value: undefined, fault: 'the record batch unpacks to more than can be read' },
      { offset: '3', value: 'v', fault: undefined },
    ]);
    expect(end).toBe(4);
  });

  test.each<[string, number, Buffer]>([
    ['no gzip', 1, text('nothing of the kind')],
    ['snappy that claims gigabytes', 2, Buffer.from('ffffffff0f00', 'hex')],
    ['snappy chunks that are cut off', 2, Buffer.from('82534e4150505900000000010000000100001000ff', 'hex')],
    ['no lz4', 3, text('nothing of the kind')],
    ['lz4 that claims petabytes', 3, Buffer.from('04224d184c40ffffffffffff0f00a7', 'hex')],
    ['no zstd', 4, text('nothing of the kind')],
    ['a type that is none', 7, text('nothing of the kind')],
    ['records that are cut off', 0, encodeRecord({ value: text('long') }).subarray(0, -2)],
    ['a length below zero', 0, Buffer.from([1, 0, 0, 0])],
    ['an endless number', 0, Buffer.alloc(40, 0xff)],
  ])('of %s has a fault for each offset', async (_, attributes, body) => {
    const set = rawBatch(body, {
      first: 7,
      lastDelta: 2,
      count: 3,
      attributes,
      time: 5n,
      appendTime: 0n,
      producer: -1n,
    });
    const { messages, end } = await readBatches(set, 8, ROOMY());
    expect(end).toBe(10);
    expect(messages.map(({ offset }) => offset)).toEqual(['8', '9']);
    for (const { fault, key, value } of messages) {
      expect({ key, value }).toEqual({ key: null, value: null });
      expect(fault).toMatch(/^(the record batch cannot be unpacked|the record batch is compressed in a way|a record of the batch cannot be read)/); // prettier-ignore
    }
    expect(await offsets(set, 7, { bytes: 10, records: 1 })).toEqual({ offsets: [7], end: 8 });
  });

  test('but damaged on its way is asked for again', async () => {
    const set = recordBatch(records(3), { attributes: 1, pack: (body) => gzipSync(body) });
    set[set.length - 10]! ^= 0xff;
    await expect(readBatches(set, 0, ROOMY())).rejects.toThrow('damaged on its way');
  });

  test('no bytes make it throw anything else, or go on without end', async () => {
    const good = recordBatch(records(5), { first: 3 });
    const flips = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(flips, async (changes) => {
        const set = Buffer.from(good);
        for (const [index, byte] of changes) set[index] = byte;
        await readBatches(set, 3, { bytes: 1_000, records: 100 }).catch((fault: Error) => {
          expect(fault.message).toBe('a record batch was damaged on its way');
        });
      }),
      { numRuns: 1_000 },
    );
  });
});

test('a time beyond what a Date holds is taken for none', async () => {
  const set = Buffer.concat([recordBatch(records(1), { time: -(2n ** 62n) }), recordBatch(records(1), { first: 1, time: 2n ** 62n })]); // prettier-ignore
  const chunk = readPartition('orders', 0, {
    partition: 0,
    highWatermark: '2',
    ...(await readBatches(set, 0, ROOMY())),
  });
  expect(chunk?.records.map(({ timestamp }) => timestamp)).toEqual([-1, -1]);
});
