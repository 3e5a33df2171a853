import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LEGAL_BASES, ORDER_ACTIONS, REQUEST_KINDS, RIGHTS_ACTIONS } from '#libs/events';
import { DUTIES } from '#libs/judge';
import {
  BODY_VERSION,
  decodeJournal,
  decodeFacts,
  decodePositions,
  decodeSubject,
  encodeJournal,
  encodeFacts,
  encodePositions,
  encodeSubject,
} from './codec.js';

const text = fc.string({ unit: 'grapheme' });
const at = fc.integer({ min: 0, max: 253_402_300_799_999 });
const fact = fc.oneof(
  fc.record({
    kind: fc.constant('order' as const),
    at,
    action: fc.constantFrom(...ORDER_ACTIONS),
    orderId: fc.option(text),
  }),
  fc.record({
    kind: fc.constant('rights' as const),
    at,
    action: fc.constantFrom(...RIGHTS_ACTIONS),
    purposes: fc.array(text),
    requestId: fc.option(text),
    requestKind: fc.option(fc.constantFrom(...REQUEST_KINDS)),
  }),
);
const byKind = (facts: { kind: string }[]) => [
  ...facts.filter(({ kind }) => kind === 'order'),
  ...facts.filter(({ kind }) => kind === 'rights'),
];

const use = fc.record({
  at,
  purpose: text,
  basis: fc.constantFrom(...LEGAL_BASES),
  collectedAt: fc.option(at),
});
const marks = fc.array(fc.nat({ max: 2 ** 48 - 1 }));
const hex = (bytes: number) =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((each) => Buffer.from(each).toString('hex'));
const duty = fc.record({
  duty: fc.constantFrom(...DUTIES),
  purpose: fc.option(text),
  requestId: fc.option(text),
  register: hex(32),
  dueAt: at,
  block: fc.nat(),
  index: fc.nat(),
  said: hex(8),
});

test('facts come back as they were, each kind in order', () => {
  fc.assert(fc.property(fc.array(fact), (facts) => expect(decodeFacts(encodeFacts(facts))).toEqual(byKind(facts))));
});

test('what a block adds comes back as it was', () => {
  const secret = fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)));
  const change = fc.record({
    key: text,
    secret,
    facts: fc.array(fact).map(byKind),
    uses: fc.array(use),
    duties: fc.option(fc.array(duty)),
    late: fc.option(fc.record({ set: fc.option(at) })),
    marks,
  });
  const token = fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
  const body = fc.record({
    changes: fc.array(change),
    touched: fc.array(fc.record({ key: text, problem: text, token })),
  });
  fc.assert(
    fc.property(body, (one) => {
      expect(decodeJournal(encodeJournal(one as never), BODY_VERSION)).toEqual(one);
    }),
  );
});

test('what a block adds is read as version 3 wrote it', () => {
  const written = Buffer.from(
    'BBBhY21lL3MtMAACBAxwbGFjZWQCBm8tMgAAAgQMb3JkZXJzEGNvbnRyYWN0AAAAAgAQYWNtZS9zLTICBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYCBAxwbGFjZWQCBm8tMgAAAAICHnJlcXVlc3Qtb3ZlcmR1ZQACAnKrq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqwoCAM3Nzc3Nzc3NAAAA',
    'base64',
  );
  const placed = { kind: 'order', at: 2, action: 'placed', orderId: 'o-2' };
  const found = { duty: 'request-overdue', purpose: null, requestId: 'r', dueAt: 5, block: 1, index: 0 };
  expect(decodeJournal(written, 3)).toEqual({
    changes: [
      {
        key: 'acme/s-0',
        secret: null,
        facts: [placed],
        uses: [{ at: 2, purpose: 'orders', basis: 'contract', collectedAt: null }],
        duties: null,
        late: { set: null },
        marks: [],
      },
      {
        key: 'acme/s-2',
        secret: Buffer.alloc(32, 6),
        facts: [placed],
        uses: [],
        duties: [{ ...found, register: 'ab'.repeat(32), said: 'cd'.repeat(8) }],
        late: null,
        marks: [],
      },
    ],
    touched: [],
  });
});

test('what a block adds, and a subject, are read as version 4 wrote them', () => {
  const placed = { kind: 'order', at: 2, action: 'placed', orderId: 'o-2' };
  const journal = Buffer.from('AhBhY21lL3MtMgACBAxwbGFjZWQCBm8tMgAAAAAAAAIQYWNtZS9zLTIIcDEtMAECAwQFBgcIAA==', 'base64');
  expect(decodeJournal(journal, 4)).toEqual({
    changes: [{ key: 'acme/s-2', secret: null, facts: [placed], uses: [], duties: null, late: null, marks: [] }],
    touched: [{ key: 'acme/s-2', problem: 'p1-0', token: '\x01\x02\x03\x04\x05\x06\x07\x08' }],
  });
  const kept = Buffer.from(
    'EGFjbWUvcy0yBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYGBgYCBAxwbGFjZWQCBm8tMgAAAgQMb3JkZXJzEGNvbnRyYWN0AAAAAhI=',
    'base64',
  );
  expect(decodeSubject(kept, 4)).toEqual({
    key: 'acme/s-2',
    secret: Buffer.alloc(32, 6),
    facts: [placed],
    uses: [{ at: 2, purpose: 'orders', basis: 'contract', collectedAt: null }],
    duties: [],
    exceededFrom: 9,
    marks: [],
  });
});

test('subjects come back as they were', () => {
  const secret = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
  const subject = fc.record({
    key: text,
    secret,
    facts: fc.array(fact).map(byKind),
    uses: fc.array(use),
    duties: fc.array(duty),
    exceededFrom: fc.oneof(at, fc.constant(Infinity)),
    marks,
  });
  fc.assert(
    fc.property(subject, (one) => {
      expect(decodeSubject(encodeSubject(one as never), BODY_VERSION)).toEqual(one);
    }),
  );
});

test('positions come back as they were', () => {
  const positions = fc.record({ subjects: fc.array(text), entries: fc.array(fc.nat()) });
  fc.assert(fc.property(positions, (one) => expect(decodePositions(encodePositions(one))).toEqual(one)));
});
