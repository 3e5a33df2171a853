import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { STREAMS, type Stream } from './event.js';
import { EVENTS, MARKETING, ORDER, RIGHTS, SHARING } from './events.fixture.js';
import { parseEvent, toJson } from './json.js';
import { parseIsoTime } from './time.js';

const faults = (stream: Stream, json: unknown): string[] => {
  const parsed = parseEvent(stream, json);
  return parsed.ok ? [] : parsed.faults;
};

describe('JSON form', () => {
  test.each(EVENTS.map((sample) => [sample.stream, sample] as const))('round trip of %s', (stream, sample) => {
    const json: unknown = JSON.parse(JSON.stringify(toJson(sample)));
    expect(parseEvent(stream, json)).toEqual({ ok: true, event: sample });
  });

  test('times are ISO 8601 UTC with milliseconds', () => {
    expect(toJson(ORDER)).toMatchObject({
      occurredAt: '2024-01-02T03:04:05.678Z',
      collectedAt: '2023-12-01T00:00:00.000Z',
    });
  });

  test('fields with a default may be left out', () => {
    const without = (json: Record<string, unknown>, ...names: string[]): unknown =>
      Object.fromEntries(Object.entries(json).filter(([name]) => !names.includes(name)));
    expect(
      parseEvent('orders', without(toJson(ORDER), 'collectedAt', 'justification', 'orderId', 'customerType')),
    ).toMatchObject({
      event: { event: { collectedAt: null, justification: null, orderId: null, customerType: 'private' } },
    });
    expect(parseEvent('marketing', without(toJson(MARKETING), 'personalised'))).toMatchObject({
      event: { event: { personalised: false } },
    });
    const sharing = { ...toJson(SHARING), recipient: { name: 'X', role: 'authority', country: 'NO' } };
    expect(parseEvent('sharing', without(sharing, 'safeguard', 'undertakings'))).toMatchObject({
      event: { event: { safeguard: 'none', undertakings: [], recipient: { sector: null } } },
    });
    expect(
      parseEvent('rights', without(toJson(RIGHTS), 'purposes', 'requestId', 'requestKind', 'evidence')),
    ).toMatchObject({ event: { event: { purposes: [], requestId: null, requestKind: null, evidence: null } } });
  });

  test.each(['eventId', 'occurredAt', 'controller', 'subject', 'purpose', 'legalBasis', 'dataCategories', 'action'])(
    '`%s` may not be left out',
    (name) => {
      expect(faults('orders', { ...toJson(ORDER), [name]: undefined })).toEqual([`\`${name}\` is missing`]);
    },
  );

  test.each([
    [{ eventId: 'x' }, '`eventId` is not a UUID'],
    [{ occurredAt: 1_700_000_000_000 }, '`occurredAt` is not an ISO 8601 UTC time such as 2023-01-31T10:00:00Z'],
    [{ occurredAt: '0000-12-31T23:59:59Z' }, '`occurredAt` is not a time between the years 1 and 9999'],
    [{ subject: '' }, '`subject` is empty'],
    [{ subject: 7 }, '`subject` is not a string'],
    [{ subject: 'a\ud800' }, '`subject` is not well-formed Unicode (half a surrogate pair)'],
    [{ dataCategories: null }, '`dataCategories` is not an array'],
    [{ dataCategories: ['name', 3] }, '`dataCategories[1]` is not a string'],
    [{ customerType: null }, '`customerType` is none of private, business'],
    [{ customerType: 'privat' }, '`customerType` is none of private, business; did you mean `private`?'],
    [{ action: 'toString' }, expect.stringMatching(/^`action` is none of placed,/)],
    [{ purpos: 'x' }, '`purpos` is not a field of this event; did you mean `purpose`?'],
    [{ nonsense: 'x' }, '`nonsense` is not a field of this event'],
    [JSON.parse('{"__proto__":{"a":1}}'), '`__proto__` is not a field of this event'],
    [{ channel: 'email' }, '`channel` is not a field of this event'],
  ])('%j is refused', (fields: object, expected) => {
    const json = toJson(ORDER);
    for (const [name, value] of Object.entries(fields)) Object.defineProperty(json, name, { value, enumerable: true });
    expect(faults('orders', json)).toEqual([expected]);
  });

  test('nested fields are named with their record', () => {
    const recipient = { name: 'X', role: 'procesor', country: 'Norway', address: 'x' };
    expect(faults('sharing', { ...toJson(SHARING), recipient, undertakings: ['silence'] })).toEqual([
      expect.stringContaining('`recipient.role` is none of processor'),
      '`recipient.country` is no ISO 3166-1 alpha-2 code (two capital letters, such as NO or GB)',
      '`recipient.address` is not a field of this event',
      expect.stringContaining('`undertakings[0]` is none of confidentiality'),
    ]);
  });

  test.each([null, 1, 'x', []])('%j is no event', (json) => {
    expect(faults('orders', json)).toEqual(['the event is not a JSON object']);
  });

  test('inherited fields do not count', () => {
    expect(faults('orders', Object.create(toJson(ORDER)))).toContain('`eventId` is missing');
  });

  test('nothing makes it throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STREAMS), fc.anything(), (stream, json) => {
        parseEvent(stream, json);
      }),
    );
    const broken = fc.dictionary(fc.constantFrom(...Object.keys(ORDER.event)), fc.anything());
    fc.assert(fc.property(broken, (fields) => void parseEvent('orders', { ...toJson(ORDER), ...fields })));
  });
});

describe('times', () => {
  test.each([
    ['2023-01-31T10:00:00Z', Date.UTC(2023, 0, 31, 10)],
    ['2023-01-31T10:00:00.5Z', Date.UTC(2023, 0, 31, 10, 0, 0, 500)],
    ['2023-01-31T10:00:00.123999Z', Date.UTC(2023, 0, 31, 10, 0, 0, 123)],
    ['2024-02-29T23:59:59.999Z', Date.UTC(2024, 1, 29, 23, 59, 59, 999)],
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01T00:01Z', 60_000],
    ['1970-01-01T00:00:00+00:00', 0],
    ['1969-12-31T23:59:59.999Z', -1],
  ])('%s', (text, expected) => {
    expect(parseIsoTime(text)).toBe(expected);
  });

  test.each([
    '2023-02-30T10:00:00Z',
    '2023-02-29T10:00:00Z',
    '2023-13-01T10:00:00Z',
    '2023-00-01T10:00:00Z',
    '2023-01-31T24:00:00Z',
    '2023-01-31T10:60:00Z',
    '2023-01-31T10:00:60Z',
    '2023-01-31T10:00:00',
    '2023-01-31T10:00:00+01:00',
    '2023-01-31T10',
    '2023-01-31 10:00:00Z',
    '2023-01-31T10:00:00.Z',
    '2023-01-31',
    '+012023-01-31T10:00:00Z',
    ' 2023-01-31T10:00:00Z',
    '2023-01-31T10:00:00Z\n',
  ])('%j is refused', (text) => {
    expect(parseIsoTime(text)).toBeNull();
  });
});
