import { describe, expect, test } from '@jest/globals';
import { incompatibilities } from './compatibility.js';
import { ENTRY_KINDS } from './entry.js';
import * as model from './event.js';
import { EVENTS } from './events.fixture.js';
import { CURRENT, currentType, NAMESPACE, RECORD_OF, RELEASED } from './schemas.js';
import type avro from 'avsc';

describe('bundled schemas', () => {
  const releases = RELEASED.flatMap(({ version, schemas }) => schemas.map((schema) => ({ version, schema })));

  test('every release holds the event records and the entry', () => {
    expect(RELEASED.length).toBeGreaterThan(0);
    for (const release of RELEASED) {
      expect(release.schemas.map((schema) => schema.record)).toEqual(
        expect.arrayContaining(['AuditEntry', ...Object.values(RECORD_OF)]),
      );
    }
  });

  test.each(releases.map(({ version, schema }) => [schema.record, version, schema] as const))(
    '%s is fully compatible with release %s',
    (record, _, released) => {
      const current = CURRENT.get(record);
      expect(current).toBeDefined();
      expect(incompatibilities(released.json, current!.json)).toEqual([]);
    },
  );

  test('every type and field says what it means', () => {
    const undocumented: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      const schema = node as Record<string, unknown>;
      if (typeof schema['name'] === 'string' && typeof schema['doc'] !== 'string')
        undocumented.push(`${path}.${schema['name']}`);
      for (const [key, value] of Object.entries(schema)) visit(value, `${path}.${key}`);
    };
    for (const [record, schema] of CURRENT) visit(schema.json, record);
    expect(undocumented).toEqual([]);
  });
});

describe('the model in memory agrees with the schemas', () => {
  test.each(EVENTS.map((sample) => [sample.stream, sample] as const))('fields of %s', (stream, { event }) => {
    const type = currentType(RECORD_OF[stream]) as avro.types.RecordType;
    expect(type.name).toBe(`${NAMESPACE}.${RECORD_OF[stream]}`);
    expect(Object.keys(event).sort()).toEqual(type.fields.map((field) => field.name).sort());
  });

  const symbols = new Map<string, readonly string[]>();
  const collect = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { type, name } = node as { type?: unknown; name?: string };
    if (type === 'enum') symbols.set(name!, (node as { symbols: string[] }).symbols);
    Object.values(node).forEach(collect);
  };
  for (const schema of CURRENT.values()) collect(schema.json);

  test.each([
    ['LegalBasis', model.LEGAL_BASES],
    ['OrderAction', model.ORDER_ACTIONS],
    ['CustomerType', model.CUSTOMER_TYPES],
    ['MarketingAction', model.MARKETING_ACTIONS],
    ['Channel', model.CHANNELS],
    ['RecipientRole', model.RECIPIENT_ROLES],
    ['RecipientUse', model.RECIPIENT_USES],
    ['Safeguard', model.SAFEGUARDS],
    ['Undertaking', model.UNDERTAKINGS],
    ['RightsAction', model.RIGHTS_ACTIONS],
    ['RequestKind', model.REQUEST_KINDS],
    ['EntryKind', ENTRY_KINDS],
    ['Stream', model.STREAMS],
  ] as [string, readonly string[]][])('symbols of %s', (name, expected) => {
    expect(symbols.get(name)).toEqual(expected);
  });
});
