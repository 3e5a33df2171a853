import { describe, expect, test } from '@jest/globals';
import avro from 'avsc';
import fc from 'fast-check';
import { decodeEntry, encodeEntry, ENTRY_KINDS, RELEASED } from '#libs/events';
import type { AuditEntry } from '#libs/events';
import { EntryFault, readEntry, readMatter } from './entry-reader.js';

const text = fc.string({ unit: 'binary', maxLength: 40 }).map((value) => value.toWellFormed());
const whole = fc.nat({ max: 2 ** 52 - 1 });
const int = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const position = fc.record({ task: int, block: whole, index: int });
const range = fc.record({ topic: text, partition: int, from: whole, to: whole, lost: fc.boolean() });
const register = fc.record({ controller: text, version: int, inForceFrom: whole, sha256: digest });

const entries: fc.Arbitrary<AuditEntry> = fc.record({
  kind: fc.constantFrom(...ENTRY_KINDS),
  recordedAt: whole,
  source: orNull(fc.record({ topic: text, partition: int, offset: whole, timestamp: whole })),
  tag: orNull(digest),
  occurredAt: orNull(whole),
  stream: orNull(fc.constantFrom('orders', 'marketing', 'sharing', 'rights')),
  controller: orNull(text),
  service: orNull(text),
  purpose: orNull(text),
  legalBasis: orNull(fc.constantFrom('consent', 'legitimate_interests')),
  verdict: fc.constantFrom('compliant', 'violation', 'gap', 'unreadable'),
  reasons: fc.array(
    fc.record({
      rule: text,
      effect: fc.constantFrom('violation', 'gap', 'unreadable'),
      clause: orNull(text),
      message: text,
    }),
    { maxLength: 3 },
  ),
  assumptions: fc.array(text, { maxLength: 3 }),
  register: orNull(digest),
  amends: orNull(position),
  valueSha256: orNull(digest),
  account: orNull(
    fc.record({
      task: int,
      block: whole,
      previous: orNull(digest),
      ranges: fc.array(range, { maxLength: 3 }),
      registers: orNull(fc.array(register, { maxLength: 3 })),
    }),
  ),
  act: orNull(fc.record({ id: text, actor: text, reason: text, position: orNull(position) })),
  repeat: fc.boolean(),
});

/** What the verifier takes of an entry, from the entry as the product decodes it. */
function factsOf(entry: AuditEntry): object {
  const { kind, recordedAt, source, occurredAt, controller, verdict, reasons, register, amends, act } = entry;
  const { account, repeat } = entry;
  return {
    kind,
    recordedAt,
    source: source === null ? null : { topic: source.topic, partition: source.partition, offset: source.offset },
    occurredAt,
    controller,
    verdict,
    reasons: reasons.map(({ rule }) => ({ rule })),
    register: register?.toString('hex') ?? null,
    amends,
    act: act === null ? null : { position: act.position },
    account: account && {
      ...account,
      registers: account.registers?.map(({ sha256, ...rest }) => ({ ...rest, sha256: sha256.toString('hex') })) ?? null,
    },
    repeat,
    canAccount: true,
    canNameRegisters: true,
  };
}

function read(bytes: Buffer): object | string {
  try {
    return { ...readEntry(bytes, 0, bytes.length) };
  } catch (error) {
    if (error instanceof EntryFault) return error.message;
    throw error;
  }
}

const sample = fc.sample(entries, { seed: 7, numRuns: 1 })[0] as AuditEntry;

describe('readEntry', () => {
  test('takes from an entry what decoding it gives', () => {
    fc.assert(
      fc.property(entries, fc.nat({ max: 9 }), (entry, at) => {
        const bytes = encodeEntry(entry);
        const within = Buffer.concat([Buffer.alloc(at, 1), bytes, Buffer.alloc(3, 1)]);
        expect({ ...readEntry(within, at, at + bytes.length) }).toEqual(factsOf(decodeEntry(bytes)));
      }),
      { seed: 1 },
    );
  });

  const matterOf = (bytes: Buffer): string => readMatter(bytes, 0, bytes.length).toString('hex');

  test('the matter of two entries is the same exactly where they are about the same', () => {
    const about = ({ source, tag, occurredAt, stream, controller, service, purpose, legalBasis }: AuditEntry) =>
      JSON.stringify([source, tag, occurredAt, stream, controller, service, purpose, legalBasis]);
    const fields = ['source', 'tag', 'occurredAt', 'stream', 'controller', 'service', 'purpose', 'legalBasis'] as const;
    fc.assert(
      fc.property(entries, entries, fc.subarray([...fields]), (one, other, copied) => {
        const mixed = { ...other, ...Object.fromEntries(fields.map((name) => [name, one[name]])) };
        for (const name of copied) Object.assign(mixed, { [name]: other[name] });
        expect(matterOf(encodeEntry(one)) === matterOf(encodeEntry(mixed))).toBe(about(one) === about(mixed));
      }),
      { seed: 3 },
    );
  });

  test('the matter has the same bytes in every version of the schema, and what a version lacks is null or false', () => {
    const plain = { ...sample, kind: 'finding', account: null, act: null, repeat: true };
    const read = RELEASED.map(({ schemas }) => {
      const { json, fingerprint } = schemas.find(({ record }) => record === 'AuditEntry')!;
      const header = Buffer.from('c3010000000000000000', 'hex');
      header.writeBigUInt64LE(fingerprint, 2);
      const type = avro.Type.forSchema(json as avro.Schema, { wrapUnions: 'auto' });
      const bytes = Buffer.concat([header, type.toBuffer(plain)]);
      const { canAccount, canNameRegisters, account, repeat } = readEntry(bytes, 0, bytes.length);
      return [matterOf(bytes), canAccount, canNameRegisters, account, repeat];
    });
    const matter = matterOf(encodeEntry(sample));
    expect(read).toEqual([
      [matter, false, false, null, false],
      [matter, true, false, null, false],
      [matter, true, true, null, false],
      [matter, true, true, null, true],
    ]);
  });

  test('reads a changed entry exactly where it can be decoded', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.nat({ max: 255 }), (entry, at, byte) => {
        const bytes = encodeEntry(entry);
        bytes[10 + (at % (bytes.length - 10))] = byte;
        let decoded: AuditEntry | null = null;
        try {
          decoded = decodeEntry(bytes);
        } catch {
          // Not an entry any more.
        }
        const facts = read(bytes);
        if (decoded === null) expect(facts).toEqual(expect.any(String));
        // An Avro int has 32 bits, which decoding does not insist on.
        else if (facts !== 'a number in it is out of range') expect(facts).toEqual(factsOf(decoded));
      }),
      { seed: 2, numRuns: 1_000 },
    );
  });

  test('refuses every beginning of an entry, and what is longer', () => {
    const bytes = encodeEntry(sample);
    for (let length = 0; length < bytes.length; length++)
      expect(read(bytes.subarray(0, length))).toEqual(expect.any(String));
    expect(read(Buffer.concat([bytes, Buffer.alloc(2)]))).toBe('2 bytes are left over in it');
  });

  test('refuses what is no entry', () => {
    const bytes = encodeEntry(sample);
    bytes[2]! ^= 1;
    expect(read(bytes)).toMatch(/^no schema of an entry has the fingerprint [0-9a-f]{16}/);
    expect(read(Buffer.from('hello, world'))).toBe('it does not begin as an Avro single object');
  });
});
