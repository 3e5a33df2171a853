import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LEGAL_BASES, ORDER_ACTIONS, REQUEST_KINDS, RIGHTS_ACTIONS } from '#libs/events';
import { DUTIES } from '#libs/judge';
import {
  BODY_VERSION,
  decodeChanges,
  decodeFacts,
  decodePositions,
  decodeSubject,
  encodeChanges,
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

test('changes come back as they were', () => {
  const secret = fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes)));
  const change = fc.record({
    key: text,
    secret,
    facts: fc.array(fact).map(byKind),
    uses: fc.array(use),
    duties: fc.option(fc.array(duty)),
    late: fc.option(fc.record({ set: fc.option(at) })),
  });
  fc.assert(
    fc.property(fc.array(change), (changes) => {
      expect(decodeChanges(encodeChanges(changes as never), BODY_VERSION)).toEqual(changes);
    }),
  );
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
