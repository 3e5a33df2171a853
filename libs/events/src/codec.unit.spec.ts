import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeRecord, type Decoded } from './decode.js';
import { encodeRecord, recordKey } from './encode.js';
import type { StreamEvent } from './event.js';
import { EVENTS, MARKETING, ORDER, RIGHTS, SHARING } from './events.fixture.js';
import { toConfluent } from './framing.js';
import { parseEvent, toJson } from './json.js';
import { MAX_NAME_LENGTH, MAX_NAMES, MAX_RECORD_BYTES, MAX_TEXT_LENGTH, MAX_UNDERTAKINGS } from './limits.js';
import { CURRENT } from './schemas.js';
import { WriterSchemas } from './writers.js';

const writers = new WriterSchemas();
const fault = (decoded: Decoded): string => (decoded.ok ? 'none' : decoded.fault);
const change = (sample: StreamEvent, fields: object): StreamEvent =>
  ({ stream: sample.stream, event: { ...sample.event, ...fields } }) as StreamEvent;
const orderSchema = (): { fields: { name: string; type: unknown; default?: unknown }[] } & Record<string, unknown> =>
  structuredClone(CURRENT.get('OrderEvent')!.json) as never;

describe('single-object encoding', () => {
  test.each(EVENTS.map((sample) => [sample.stream, sample] as const))('round trip of %s', (_, sample) => {
    expect(decodeRecord(encodeRecord(sample), writers)).toEqual({ ok: true, event: sample });
  });

  test('begins with C3 01 and the little-endian fingerprint', () => {
    const value = encodeRecord(ORDER);
    expect(value.subarray(0, 2).toString('hex')).toBe('c301');
    expect(value.readBigUInt64LE(2)).toBe(CURRENT.get('OrderEvent')!.fingerprint);
  });

  test('values beyond the first buffer are encoded whole', () => {
    const long = change(ORDER, { justification: 'ø'.repeat(MAX_TEXT_LENGTH) });
    expect(decodeRecord(encodeRecord(long), writers)).toEqual({ ok: true, event: long });
  });
});

test('an event that does not fit is refused without being quoted', () => {
  expect(() => encodeRecord(change(ORDER, { eventId: ['secret'] }))).toThrow(
    /^the value does not fit the schema hjemmel.v1.OrderEvent$/,
  );
});

describe('Confluent wire format', () => {
  test('asks for an unknown schema, then reads it', () => {
    const own = new WriterSchemas();
    const value = toConfluent(encodeRecord(SHARING), 70_001);
    expect(value.subarray(0, 5).toString('hex')).toBe('0000011171');
    expect(decodeRecord(value, own)).toEqual({ ok: false, fault: expect.any(String), missingSchemaId: 70_001 });
    own.addRegistrySchema(70_001, JSON.stringify(CURRENT.get('SharingEvent')!.json));
    expect(decodeRecord(value, own)).toEqual({ ok: true, event: SHARING });
  });

  test('unusable schemas are a fault of their records, not a request to fetch again', () => {
    const own = new WriterSchemas();
    const withoutSubject = orderSchema();
    withoutSubject.fields = withoutSubject.fields.filter((field) => field.name !== 'subject');
    const cases: [string | object, string][] = [
      ['{', 'unusable'],
      ['"string"', 'none of `hjemmel.v1.OrderEvent`'],
      [{ type: 'record', name: 'x.OrderEvent', fields: [] }, 'none of `hjemmel.v1.OrderEvent`'],
      [{ type: 'recrod', name: 'x' }, 'unusable'],
      [withoutSubject, 'OrderEvent has no field `subject`'],
    ];
    cases.forEach(([schema, expected], id) => {
      own.addRegistrySchema(id, schema as string);
      const decoded = decodeRecord(toConfluent(encodeRecord(ORDER), id), own);
      expect(fault(decoded)).toContain(expected);
      expect(decoded).not.toHaveProperty('missingSchemaId');
    });
  });
});

describe('resolution of other writers', () => {
  /** Writes with a changed schema by hand: the current body with bytes put before it. */
  const decodeAs = (schema: object, body: Buffer): Decoded => {
    const own = new WriterSchemas();
    own.addRegistrySchema(1, schema as never);
    return decodeRecord(Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), body]), own);
  };
  const body = encodeRecord(ORDER).subarray(10);

  test('fields the reader does not know are passed, whatever their type', () => {
    const schema = orderSchema();
    schema.fields = [
      { name: 'a', type: { type: 'map', values: ['null', 'double', { type: 'array', items: 'int' }] } },
      { name: 'b', type: { type: 'fixed', name: 'B', size: 3 } },
      { name: 'c', type: { type: 'record', name: 'C', fields: [{ name: 'next', type: ['null', 'C'] }] } },
      { name: 'd', type: 'float' },
      { name: 'e', type: 'boolean' },
      { name: 'f', type: 'long' },
      ...schema.fields,
    ];
    const extra = Buffer.from(
      // Map of one block given with its size: "k" to array [1, -1].
      '01' + '0a' + '026b' + '04' + '04' + '02' + '01' + '00' + '00' +
        // Fixed, record in a record, float, boolean, the greatest long.
        '010203' + '02' + '00' + '00000000' + '01' + 'feffffffffffffffff01',
      'hex',
    ); // prettier-ignore
    expect(decodeAs(schema, Buffer.concat([extra, body]))).toEqual({ ok: true, event: ORDER });
  });

  test('fields the writer does not know get their defaults, arrays afresh', () => {
    const schema = structuredClone(CURRENT.get('RightsEvent')!.json) as never as { fields: { name: string }[] };
    schema.fields = schema.fields.filter(
      ({ name }) => !['purposes', 'requestId', 'requestKind', 'evidence'].includes(name),
    );
    const withDefaults = change(RIGHTS, { purposes: [], requestId: null, requestKind: null, evidence: null });
    const short = encodeRecord(withDefaults).subarray(10, -4);
    const first = decodeAs(schema, short);
    expect(first).toEqual({ ok: true, event: withDefaults });
    const second = decodeAs(schema, short);
    const purposesOf = (decoded: Decoded): unknown =>
      decoded.ok && decoded.event.stream === 'rights' ? decoded.event.event.purposes : 'none';
    expect(purposesOf(second)).toEqual([]);
    expect(purposesOf(second)).not.toBe(purposesOf(first));

    const order = orderSchema();
    order.fields = order.fields.filter(({ name }) => name !== 'customerType');
    expect(decodeAs(order, body.subarray(0, -1))).toEqual({
      ok: true,
      event: change(ORDER, { customerType: 'private' }),
    });
  });

  describe('a schema made to keep readers busy', () => {
    type Schema = { fields: { name: string; type: unknown }[] };
    const nothing = (name: string, fields: unknown[]): object => ({ type: 'record', name, fields });
    const refused = (type: unknown, extra: Buffer, expected: string): void => {
      const schema = orderSchema() as Schema;
      schema.fields = [{ name: 'extra', type }, ...schema.fields];
      const started = performance.now();
      expect(fault(decodeAs(schema, Buffer.concat([extra, body])))).toBe(expected);
      expect(performance.now() - started).toBeLessThan(2_000);
    };

    test('records of nothing, doubled sixty times', () => {
      let type: unknown = nothing('A0', [{ name: 'x', type: 'null' }]);
      for (let i = 1; i <= 60; i++) {
        type = nothing(`A${i}`, [
          { name: 'a', type },
          { name: 'b', type: `A${i - 1}` },
        ]);
      }
      refused(type, Buffer.alloc(0), 'the value claims more than its bytes can hold');
    });

    test('arrays of nothing, again and again', () => {
      const block = Buffer.from([0xfe, 0xff, 0x07]); // 65,535 items
      const extra = Buffer.concat([...Array.from({ length: 200_000 }, () => block), Buffer.from([0])]);
      refused({ type: 'array', items: 'null' }, extra, 'the value claims more than its bytes can hold');
    });

    test('arrays in arrays, and maps of nothing', () => {
      const inner = { type: 'array', items: { type: 'map', values: { type: 'array', items: 'null' } } };
      refused(inner, Buffer.from('feffffffff3f', 'hex'), 'the value ends in the middle of a field (truncated)');
    });

    test('a record in itself, however much of the stack is left', () => {
      const type = nothing('Deep', [{ name: 'next', type: ['null', 'Deep'] }]);
      refused(type, Buffer.alloc(500_000, 2), 'the value is nested deeper than 100 levels');
      refused(type, Buffer.alloc(60, 2), 'the value is nested deeper than 100 levels');
    });

    test('too deep to be made a reader of', () => {
      const depth = 20_000;
      const own = new WriterSchemas();
      const type = '{"type":"array","items":'.repeat(depth) + '"null"' + '}'.repeat(depth);
      own.addRegistrySchema(
        1,
        `{"type":"record","name":"hjemmel.v1.OrderEvent","fields":[{"name":"x","type":${type}}]}`,
      );
      const found = fault(decodeRecord(Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), body]), own));
      expect(found).toMatch(/^schema 1 of the registry is unusable: /);
      expect(found.length).toBeLessThan(400);
    });

    test('as many null fields as bytes are read all the same', () => {
      const schema = orderSchema() as Schema;
      const fields = Array.from({ length: 500 }, (_, i) => ({ name: `n${i}`, type: 'null' }));
      schema.fields = [...schema.fields, { name: 'extra', type: nothing('Empty', fields) }];
      expect(decodeAs(schema, body)).toEqual({ ok: true, event: ORDER });
    });
  });

  test('schemas of a registry are not kept without end, and asked for again', () => {
    const own = new WriterSchemas();
    for (let id = 0; id <= 10_000; id++) own.addRegistrySchema(id, '"string"');
    const of = (id: number): Decoded => decodeRecord(toConfluent(encodeRecord(ORDER), id), own);
    expect(of(0)).toHaveProperty('missingSchemaId', 0);
    expect(of(1)).not.toHaveProperty('missingSchemaId');
    expect(of(10_000)).not.toHaveProperty('missingSchemaId');
  });

  test('a later order action is read as `other`; other later symbols are refused', () => {
    const later = (field: string): Decoded => {
      const schema = orderSchema();
      const type = schema.fields.find(({ name }) => name === field)!.type as { symbols: string[] };
      const known = (ORDER.event as unknown as Record<string, string>)[field]!;
      type.symbols = type.symbols.map((symbol) => (symbol === known ? 'brand_new' : symbol));
      return decodeAs(schema, body);
    };
    expect(later('action')).toEqual({ ok: true, event: change(ORDER, { action: 'other' }) });
    expect(fault(later('legalBasis'))).toBe('LegalBasis has a symbol that this version does not know');
  });
});

describe('records that cannot be read', () => {
  const good = encodeRecord(ORDER);
  const at = (event: StreamEvent): string => fault(decodeRecord(encodeRecord(event), writers));

  test.each([
    ['no value', null, 'the record has no value'],
    ['an empty value', Buffer.alloc(0), 'begins neither'],
    ['something else', Buffer.from('{"eventId":1}'), 'begins neither'],
    ['half a marker', Buffer.from([0xc3]), 'begins neither'],
    ['half a header', good.subarray(0, 6), 'within its header (truncated)'],
    ['half a Confluent header', Buffer.from([0, 0, 1]), 'within its header (truncated)'],
    ['an unknown fingerprint', Buffer.from('c3010102030405060708', 'hex'), 'fingerprint 0807060504030201'],
    ['a header alone', good.subarray(0, 10), '(truncated)'],
    ['surplus bytes', Buffer.concat([good, Buffer.from([0, 0])]), '2 bytes are left over'],
  ])('%s', (_, value, expected) => {
    expect(fault(decodeRecord(value, writers))).toContain(expected);
  });

  test('every cut is noticed', () => {
    for (let length = 10; length < good.length; length++) {
      expect(fault(decodeRecord(good.subarray(0, length), writers))).toContain('truncated');
    }
  });

  test.each([
    ['eventId', { eventId: 'c-000123456' }, '`eventId` is not a UUID'],
    ['a time before the year 1', { occurredAt: -62_135_596_800_001 }, '`occurredAt` is not a time between'],
    ['a time beyond 9999', { occurredAt: 253_402_300_800_000 }, '`occurredAt` is not a time between'],
    ['a number beyond doubles', { occurredAt: 2 ** 53 - 2 }, 'a number is out of range'],
    ['collectedAt', { collectedAt: 253_402_300_800_000 }, '`collectedAt` is not a time between'],
    ['no controller', { controller: '' }, '`controller` is empty'],
    ['no service', { service: '' }, '`service` is empty'],
    ['no subject', { subject: '' }, '`subject` is empty'],
    ['no purpose', { purpose: '' }, '`purpose` is empty'],
  ])('constraint: %s', (_, fields, expected) => {
    expect(at(change(ORDER, fields))).toContain(expected);
  });

  test.each(['no', 'NOR', '', 'N1', 'UK', 'XX'])('constraint: country %j', (country) => {
    const recipient = { name: 'X', role: 'processor', sector: null, country };
    expect(at(change(SHARING, { recipient }))).toContain('`recipient.country` is no ISO 3166-1 alpha-2 code');
  });

  const patched = (from: Buffer, to: Buffer): Buffer => {
    const start = good.indexOf(from);
    expect(start).toBeGreaterThan(0);
    return Buffer.concat([good.subarray(0, start), to, good.subarray(start + from.length)]);
  };
  const orderTail = Buffer.from('\x0co-0001', 'latin1');
  test.each([
    ['bytes that are not UTF-8', patched(Buffer.from('c-000'), Buffer.from([0x63, 0xff, 0x30, 0x30, 0x30])), 'not UTF-8'],
    ['a symbol out of range', patched(Buffer.concat([Buffer.from([0, 2]), orderTail]), Buffer.concat([Buffer.from([60, 2]), orderTail])), 'OrderAction is out of range: number 30 of 14'],
    ['a branch that is not', patched(Buffer.concat([Buffer.from([2]), orderTail]), Buffer.concat([Buffer.from([4]), orderTail])), 'no branch 2'],
    ['a negative length', patched(orderTail, Buffer.concat([Buffer.from([0x0d]), Buffer.from('o-0001')])), 'length is negative'],
    ['an endless count', patched(Buffer.from('\x06\x08name', 'latin1'), Buffer.from('feffffffff3f086e616d65', 'hex')), 'truncated'],
    ['an endless number', patched(Buffer.from('\x06\x08name', 'latin1'), Buffer.alloc(12, 0xff)), 'a number is out of range'],
  ])('%s', (_, value, expected) => {
    expect(fault(decodeRecord(value, writers))).toContain(expected);
  }); // prettier-ignore

  test('a boolean that is neither', () => {
    const value = encodeRecord(MARKETING);
    value[value.length - 1] = 2;
    expect(fault(decodeRecord(value, writers))).toBe('a boolean is neither 0 nor 1');
  });

  test('U+FFFD itself is a character like any other', () => {
    const event = change(ORDER, { subject: 'a\uFFFDb' });
    expect(decodeRecord(encodeRecord(event), writers)).toEqual({ ok: true, event });
  });

  test('no bytes make it throw, or quote the subject', () => {
    const header = fc.constantFrom(...EVENTS.map((sample) => encodeRecord(sample).subarray(0, 10)), Buffer.from([0]));
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        decodeRecord(Buffer.concat([start, rest]), writers);
      }),
      { numRuns: 2000 },
    );
    const flips = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(flips, (changes) => {
        const value = Buffer.from(good);
        for (const [index, byte] of changes) value[index] = byte;
        const decoded = decodeRecord(value, writers);
        if (!decoded.ok) expect(decoded.fault).not.toContain('000123456');
      }),
      { numRuns: 2000 },
    );
  });
});

describe('limits', () => {
  const read = (event: StreamEvent): Decoded => decodeRecord(encodeRecord(event), writers);
  const recipientOf = (char: string): object => {
    const name = char.repeat(MAX_NAME_LENGTH);
    return { name, role: 'processor', sector: name, country: 'NO' };
  };
  /** An event of each stream, at every limit at once. */
  const full = (char: string): StreamEvent[] => {
    const name = char.repeat(MAX_NAME_LENGTH);
    const text = char.repeat(MAX_TEXT_LENGTH);
    const names = Array.from({ length: MAX_NAMES }, () => name);
    const undertakings = Array.from({ length: MAX_UNDERTAKINGS }, () => 'confidentiality');
    const ids = { controller: name, service: name, subject: name };
    const processing = { ...ids, purpose: name, dataCategories: names, justification: text };
    return [
      change(ORDER, { ...processing, orderId: name }),
      change(MARKETING, processing),
      change(SHARING, { ...processing, recipient: recipientOf(char), undertakings }),
      change(RIGHTS, { ...ids, purposes: names, requestId: name, evidence: text }),
    ];
  };
  const FULL = full('n');

  test.each(FULL.map((event) => [event.stream, event] as const))('%s at every limit at once is read', (_, event) => {
    expect(read(event)).toEqual({ ok: true, event });
  });

  /** Every place of an event where a limit is, with one more than it takes. */
  const beyond = FULL.flatMap((event): [StreamEvent, string, object][] => {
    const own = (field: string): boolean => field in event.event;
    const fields = { ...event.event, ...('recipient' in event.event ? recipientOf('n') : {}) };
    return Object.entries(fields).flatMap(([field, value]: [string, unknown]): [StreamEvent, string, object][] => {
      const longer = (more: unknown): object =>
        own(field) ? { [field]: more } : { recipient: { ...recipientOf('n'), [field]: more } };
      if (typeof value === 'string' && value.startsWith('nn')) {
        return [[event, own(field) ? field : `recipient.${field}`, longer(`${value}n`)]];
      }
      if (!Array.isArray(value)) return [];
      const items = value as string[];
      const one: [StreamEvent, string, object] = [event, field, longer([...items, items[0]])];
      return field === 'undertakings' ? [one] : [one, [event, `${field}[3]`, longer(items.with(3, `${items[3]}n`))]];
    });
  });

  test('there are so many of them', () => {
    expect(beyond).toHaveLength(4 * 3 + 3 * 4 + 1 + 3 + 4);
  });

  test.each(beyond)('%#: one more is refused, by decoder and JSON reader alike', (event, path, fields) => {
    const more = change(event, fields);
    const parsed = parseEvent(more.stream, toJson(more));
    const told = fault(read(more));
    expect(told).toMatch(/^`[a-zA-Z.]+(\[3\])?` has \d+ (characters|items); it may have \d+$/);
    expect(told.startsWith(`\`${path}\` has`)).toBe(true);
    expect(parsed).toEqual({ ok: false, faults: [told] });
  });

  test('no event within them is longer than records may be, whatever its characters', () => {
    for (const widest of full('必')) {
      const { length } = encodeRecord(widest);
      expect(length).toBeGreaterThan(MAX_RECORD_BYTES / 2);
      expect(length).toBeLessThanOrEqual(MAX_RECORD_BYTES);
    }
  });
});

test('any well-formed text and time survives the round trip', () => {
  const text = fc.string({ unit: 'binary', minLength: 1 }).filter((value) => value.isWellFormed());
  fc.assert(
    fc.property(
      text,
      fc.array(text),
      fc.integer({ min: 0, max: 253_402_300_799_999 }),
      (subject, dataCategories, occurredAt) => {
        const event = change(ORDER, { subject, dataCategories, occurredAt });
        expect(decodeRecord(encodeRecord(event), writers)).toEqual({ ok: true, event });
      },
    ),
  );
});

test('the record key is controller and subject', () => {
  expect(recordKey(ORDER.event)).toBe('jetkids/c-000123456');
});
