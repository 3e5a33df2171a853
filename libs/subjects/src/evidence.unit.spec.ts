import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeRecord } from '#libs/events';
import { compress, decodeEvidence, decompress, encodeEvidence, withoutRows } from './evidence.js';
import type { EvidenceRow } from './evidence.js';
import { order } from './vaulted-chain.fixture.js';

const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((each) => Buffer.from(each).toString('hex'));
const said = fc.oneof(fc.constantFrom('00'.repeat(8), 'ff'.repeat(8)), hex(8));
const number = fc.oneof(fc.nat(300), fc.maxSafeNat());
const row: fc.Arbitrary<EvidenceRow> = fc.oneof(
  fc.constant(null),
  fc.record({
    kind: fc.constant('finding' as const),
    value: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from([0xc3, 0x01, ...bytes])),
    event: fc.constant(null),
    source: fc.record({
      topic: fc.oneof(fc.constantFrom('orders', 'rights'), fc.string({ unit: 'grapheme' })),
      partition: fc.nat(),
      offset: fc.integer({ min: 0, max: 2 ** 52 }),
      timestamp: fc.integer({ min: -1, max: 2 ** 52 }),
    }),
    register: fc.option(hex(32)),
    said,
    repeat: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('amendment' as const), amends: fc.record({ block: number, index: number }), said }),
  fc.record({ kind: fc.constant('duty' as const), said }),
);
const rows = fc.array(row, { maxLength: 20 });
const filled = (all: readonly EvidenceRow[]) => all.flatMap((each, index) => (each === null ? [] : [{ index, row: each }])); // prettier-ignore

describe('evidence', () => {
  test('shares its memory with nothing, so that what is kept of it can be counted', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const bytes = encodeEvidence(all);
        expect(bytes.buffer.byteLength).toBe(bytes.length);
      }),
    );
  });

  test('comes back as it was, compressed too', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const bytes = decompress(compress(encodeEvidence(all)));
        expect(decodeEvidence(bytes)).toEqual(filled(all));
      }),
    );
  });

  test('is given of the entries that are wanted alone', () => {
    fc.assert(
      fc.property(rows, fc.nat(3), (all, modulus) => {
        const wanted = (index: number) => index % (modulus + 1) === 0;
        const found = decodeEvidence(encodeEvidence(all), wanted);
        expect(found).toEqual(filled(all).filter(({ index }) => wanted(index)));
      }),
    );
  });

  test('without some entries has nothing of them left', () => {
    fc.assert(
      fc.property(rows, fc.nat(3), (all, modulus) => {
        const removed = (index: number) => index % (modulus + 1) === 0;
        const left = all.map((each, index) => (removed(index) ? null : each));
        expect(withoutRows(encodeEvidence(all), removed)).toEqual(encodeEvidence(left));
      }),
    );
  });

  test('takes a value as it came where its framing says by which schema it was written, else the event', () => {
    const event = order('acme/s-1', 5);
    const source = { topic: 'orders', partition: 0, offset: 1, timestamp: 5 };
    const common = { kind: 'finding', event, source, register: null, said: '00'.repeat(8), repeat: false } as const;
    const own = Buffer.from([0xc3, 0x01, 1, 2, 3]);
    const values = [own, Buffer.from([0, 0, 0, 0, 1, 2]), null].map((value) => ({ ...common, value }));
    const found = decodeEvidence(encodeEvidence(values)).map((each) => each.row.kind === 'finding' && each.row.value);
    expect(found).toEqual([own, encodeRecord(event), encodeRecord(event)]);
  });

  test('that is cut short is told', () => {
    const bytes = encodeEvidence([{ kind: 'duty', said: '11'.repeat(8) }]);
    for (let end = 0; end < bytes.length; end++)
      expect(() => decodeEvidence(bytes.subarray(0, end))).toThrow('cut short');
  });
});
