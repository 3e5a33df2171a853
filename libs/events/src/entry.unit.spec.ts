import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DecodeFault } from './cursor.js';
import { decodeEntry, encodeEntry, MAX_ENTRY_BYTES, type AuditEntry } from './entry.js';
import { singleObjectHeader } from './framing.js';
import { CURRENT, parseSchema, RELEASED } from './schemas.js';

const entry: AuditEntry = {
  kind: 'finding',
  recordedAt: Date.UTC(2024, 0, 2),
  source: { topic: 'marketing', partition: 3, offset: 2 ** 40, timestamp: Date.UTC(2024, 0, 1) },
  tag: Buffer.alloc(32, 7),
  occurredAt: Date.UTC(2024, 0, 1),
  stream: 'marketing',
  controller: 'jetkids',
  service: 'newsletter',
  purpose: 'marketing',
  legalBasis: 'consent',
  verdict: 'violation',
  reasons: [
    { rule: 'consent-withdrawn', effect: 'violation', clause: 'consent', message: 'Consent was withdrawn before.' },
    { rule: 'controller-unknown', effect: 'gap', clause: null, message: '' },
  ],
  assumptions: ['in-force'],
  register: Buffer.alloc(32, 9),
  amends: { task: 3, block: 17, index: 250 },
  valueSha256: Buffer.alloc(32, 1),
  account: {
    task: 3,
    block: 18,
    previous: Buffer.alloc(32, 2),
    ranges: [
      { topic: 'marketing', partition: 3, from: 0, to: 2 ** 40, lost: true },
      { topic: 'orders', partition: 3, from: 5, to: 6, lost: false },
    ],
    registers: [
      { controller: 'jetkids', version: 1, inForceFrom: Date.UTC(2018, 4, 25), sha256: Buffer.alloc(32, 9) },
      { controller: 'jetkids', version: 2, inForceFrom: Date.UTC(2025, 0, 1), sha256: Buffer.alloc(32, 10) },
    ],
  },
  act: {
    id: '6b1f0a52-59f3-4a53-9f0e-0d6f1c1c7a11',
    actor: 'dpo',
    reason: 'a complaint',
    position: { task: 3, block: 17, index: 250 },
  },
  repeat: true,
};
const empty: AuditEntry = {
  kind: 'unreadable',
  recordedAt: 0,
  source: null,
  tag: null,
  occurredAt: null,
  stream: null,
  controller: null,
  service: null,
  purpose: null,
  legalBasis: null,
  verdict: 'unreadable',
  reasons: [],
  assumptions: [],
  register: null,
  amends: null,
  valueSha256: null,
  account: null,
  act: null,
  repeat: false,
};

describe('entries of the trail', () => {
  test.each([
    ['with everything', entry],
    ['with nothing', empty],
  ])('round trip %s', (_, sample) => {
    expect(decodeEntry(encodeEntry(sample))).toEqual(sample);
  });

  test('are single objects of AuditEntry', () => {
    const bytes = encodeEntry(entry);
    expect(bytes.subarray(0, 2).toString('hex')).toBe('c301');
    expect(bytes.readBigUInt64LE(2)).toBe(CURRENT.get('AuditEntry')!.fingerprint);
  });

  test('hold no field that could name a person', () => {
    const { fields } = CURRENT.get('AuditEntry')!.json as unknown as { fields: { name: string }[] };
    const names = fields.map((field) => field.name);
    for (const name of ['subject', 'eventId', 'key', 'justification', 'orderId', 'requestId', 'evidence']) {
      expect(names).not.toContain(name);
    }
  });

  const written = (version: string, value: object): Buffer => {
    const { schemas } = RELEASED.find((release) => release.version === version)!;
    const { fingerprint, json } = schemas.find(({ record }) => record === 'AuditEntry')!;
    return Buffer.concat([singleObjectHeader(fingerprint), parseSchema(json, 'auto').toBuffer(value)]);
  };

  test('of version 1.0.0 are read, without what they do not have', () => {
    const { account, act, repeat, ...old } = { ...entry, account: null, act: null, repeat: false };
    expect(decodeEntry(written('1.0.0', old))).toEqual({ ...old, account, act, repeat });
  });

  test('of version 1.1.0 are read: which registers were loaded they do not say', () => {
    const { registers, ...account } = { ...entry.account!, registers: null };
    const bytes = written('1.1.0', { ...entry, account });
    expect(decodeEntry(bytes)).toEqual({ ...entry, account: { ...account, registers }, repeat: false });
  });

  test('of version 1.2.0 are read: whether they repeat an event they do not say', () => {
    expect(decodeEntry(written('1.2.0', entry))).toEqual({ ...entry, repeat: false });
  });

  test('ids are shortened to 128 characters', () => {
    const ids = { controller: 'c'.repeat(200), service: 's'.repeat(129), purpose: 'p'.repeat(128) };
    expect(decodeEntry(encodeEntry({ ...entry, ...ids }))).toMatchObject({
      controller: `${'c'.repeat(127)}…`,
      service: `${'s'.repeat(127)}…`,
      purpose: 'p'.repeat(128),
    });
  });

  test('a surrogate pair at the cut stays Unicode', () => {
    const cut = decodeEntry(encodeEntry({ ...entry, purpose: `${'p'.repeat(126)}😀😀` }));
    expect(cut.purpose).toBe(`${'p'.repeat(126)}\uFFFD…`);
  });

  test('messages are shortened as far as the log requires', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 70_000 }), (count, length) => {
        const reason = { rule: 'purpose-undeclared', effect: 'violation', clause: 'c', message: 'm'.repeat(length) };
        const reasons = Array.from({ length: count }, () => reason) as AuditEntry['reasons'];
        const bytes = encodeEntry({ ...entry, reasons });
        expect(bytes.length).toBeLessThanOrEqual(MAX_ENTRY_BYTES);
        const messages = decodeEntry(bytes).reasons.map(({ message }) => message);
        expect(messages).toHaveLength(count);
        for (const message of messages) expect(message).toMatch(count * length > 65_000 ? /^m*…$/ : /^m+…?$/);
      }),
      { numRuns: 30 },
    );
  });

  test('what no shortening makes fit is refused', () => {
    const assumptions = Array.from({ length: 10_000 }, (_, i) => `clause-${i}`);
    expect(() => encodeEntry({ ...entry, assumptions })).toThrow('too long for the log');
  });

  test.each([
    ['nothing', Buffer.alloc(0), 'begin with C3 01'],
    ['another framing', Buffer.from([0, 0, 0, 0, 1]), 'begin with C3 01'],
    ['half a header', Buffer.from([0xc3, 1, 2]), 'truncated'],
    ['an unknown version', Buffer.from('c3010102030405060708', 'hex'), 'fingerprint 0807060504030201'],
    ['half an entry', encodeEntry(entry).subarray(0, 60), 'truncated'],
    ['surplus bytes', Buffer.concat([encodeEntry(entry), Buffer.from([1])]), '1 bytes are left over'],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => decodeEntry(bytes)).toThrow(DecodeFault);
    expect(() => decodeEntry(bytes)).toThrow(message);
  });
});
