import { describe, expect, test } from '@jest/globals';
import { canonicalForm, crc64Avro, fingerprint, type SchemaJson } from './fingerprint.js';

describe('CRC-64-AVRO', () => {
  // Fingerprints of the Avro project's own schema tests (share/test/data/schema-tests.txt), as signed longs.
  test.each([
    ['null', 7195948357588979594n],
    ['boolean', -6970731678124411036n],
    ['int', 8247732601305521295n],
    ['long', -3434872931120570953n],
    ['float', 5583340709985441680n],
    ['double', -8181574048448539266n],
    ['bytes', 5746618253357095269n],
    ['string', -8142146995180207161n],
    [{ type: 'int' }, 8247732601305521295n],
  ] as [SchemaJson, bigint][])('of %j', (schema, expected) => {
    expect(BigInt.asIntN(64, fingerprint(schema))).toBe(expected);
  });

  test('of no bytes is the empty fingerprint', () => {
    expect(crc64Avro(new Uint8Array())).toBe(0xc15d213aa4d7a795n);
  });
});

describe('Parsing Canonical Form', () => {
  test.each([
    ['unwraps and strips', { type: { type: 'string', logicalType: 'uuid' } }, '"string"'],
    ['orders attributes', { items: 'long', type: 'array' }, '{"type":"array","items":"long"}'],
    ['keeps unions in order', ['null', 'string'], '["null","string"]'],
    ['maps', { type: 'map', values: ['null', 'int'] }, '{"type":"map","values":["null","int"]}'],
    [
      'fixed sizes as numbers',
      { type: 'fixed', size: '016', name: 'F', aliases: ['G'] },
      '{"name":"F","type":"fixed","size":16}',
    ],
    [
      'full names, inherited namespaces and references',
      {
        type: 'record',
        namespace: 'a.b',
        name: 'R',
        doc: 'd',
        fields: [
          { name: 'e', type: { type: 'enum', name: 'E', symbols: ['X'], default: 'X' }, default: 'X' },
          { name: 'again', type: 'E' },
          { name: 'self', type: ['null', 'R'] },
        ],
      },
      '{"name":"a.b.R","type":"record","fields":[{"name":"e","type":{"name":"a.b.E","type":"enum","symbols":["X"]}},' +
        '{"name":"again","type":"a.b.E"},{"name":"self","type":["null","a.b.R"]}]}',
    ],
  ] as [string, SchemaJson, string][])('%s', (_, schema, expected) => {
    expect(canonicalForm(schema)).toBe(expected);
  });
});
