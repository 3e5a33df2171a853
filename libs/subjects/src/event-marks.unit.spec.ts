import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventMarks, markOf, MOST_MARKS } from './event-marks.js';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('markOf', () => {
  test('is the first 48 bits of SHA-256 over secret and content, however long', () => {
    fc.assert(
      fc.property(bytes(32), fc.oneof(fc.uint8Array(), bytes(5_000)), (secret, content) => {
        const digest = createHash('sha256').update(secret).update(content).digest();
        expect(markOf(Buffer.from(secret).toString('latin1'), content)).toBe(digest.readUIntBE(0, 6));
      }),
    );
  });
});

describe('EventMarks', () => {
  test('take each mark once, and come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { maxLength: 60 }), (marks) => {
        const all = EventMarks.none();
        const taken = marks.filter((mark) => all.add(mark));
        const once = [...new Set(marks)];
        expect(taken).toEqual(once);
        const kept = EventMarks.of([...all]);
        expect([...kept]).toEqual(once);
        expect(once.every((mark) => !kept.add(mark))).toBe(true);
      }),
    );
  });

  test('of the oldest are dropped where there are too many', () => {
    const all = EventMarks.none();
    for (let mark = 0; mark < MOST_MARKS + 2; mark++) expect(all.add(mark)).toBe(true);
    expect([...all]).toEqual(Array.from({ length: MOST_MARKS }, (_, i) => i + 2));
    expect([all.add(0), all.add(MOST_MARKS + 1)]).toEqual([true, false]);
  });
});
