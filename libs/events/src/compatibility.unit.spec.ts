import { describe, expect, test } from '@jest/globals';
import { incompatibilities } from './compatibility.js';
import type { SchemaJson } from './fingerprint.js';

const record = (...fields: object[]): SchemaJson => ({
  type: 'record',
  namespace: 'n',
  name: 'R',
  fields: [{ name: 'id', type: 'string' }, ...fields],
});
const time = { type: 'long', logicalType: 'timestamp-millis' };
const colours = (symbols: string[], fallback?: string): object => ({
  name: 'colour',
  type: { type: 'enum', name: 'Colour', symbols, ...(fallback === undefined ? {} : { default: fallback }) },
});
const nested = (...fields: object[]): SchemaJson =>
  record({ name: 'in', type: { type: 'record', name: 'In', fields } });
const x = { name: 'x', type: 'string' };

describe('accepted', () => {
  test.each([
    ['no change', record(x), record(x)],
    ['a field with a default is added', record(), record({ ...x, default: '' })],
    ['a nullable field is added', record(), record({ name: 'x', type: ['null', 'string'], default: null })],
    ['a field with a default is removed', record({ ...x, default: '' }), record()],
    ['fields change places', record(x, { name: 'y', type: 'int' }), record({ name: 'y', type: 'int' }, x)],
    ['docs change', record({ ...x, doc: 'a' }), record({ ...x, doc: 'b' })],
    ['a field gains a default', record(x), record({ ...x, default: '' })],
    ['an enum with a default gains a symbol', record(colours(['a', 'b'], 'b')), record(colours(['a', 'b', 'c'], 'b'))],
    ['a primitive is written as an object', record(x), record({ name: 'x', type: { type: 'string' } })],
    ['a nested record gains a field with a default', nested(x), nested(x, { name: 'y', type: 'int', default: 0 })],
    [
      'a type that contains itself',
      record({ name: 'self', type: ['null', 'R'], default: null }),
      record({ name: 'self', type: ['null', 'n.R'], default: null }),
    ],
  ] as [string, SchemaJson, SchemaJson][])('%s', (_, earlier, later) => {
    expect(incompatibilities(earlier, later)).toEqual([]);
  });
});

describe('refused', () => {
  test.each([
    ['a field without default is added', record(), record(x), '`x` is added without a default'],
    ['a field without default is removed', record(x), record(), '`x` is removed and has no default'],
    [
      'a field is renamed with an alias',
      record(x),
      record({ name: 'z', type: 'string', aliases: ['x'] }),
      '`x` is removed and has no default',
    ],
    ['a type changes', record(x), record({ name: 'x', type: 'int' }), '`x` changes its type from string to int'],
    [
      'a type is widened',
      record({ name: 'x', type: 'int' }),
      record({ name: 'x', type: 'long' }),
      '`x` changes its type from int to long',
    ],
    ['a default changes', record({ ...x, default: 'a' }), record({ ...x, default: 'b' }), '`x` changes its default'],
    ['a default is lost', record({ ...x, default: 'a' }), record(x), '`x` changes its default'],
    [
      'a logical type changes',
      record({ name: 'x', type: time }),
      record({ name: 'x', type: { type: 'long', logicalType: 'timestamp-micros' } }),
      '`x` changes its logical type from timestamp-millis to timestamp-micros',
    ],
    [
      'a logical type is lost',
      record({ name: 'x', type: time }),
      record({ name: 'x', type: 'long' }),
      '`x` changes its logical type from timestamp-millis to none',
    ],
    [
      'a logical type inside a union changes',
      record({ name: 'x', type: ['null', time], default: null }),
      record({ name: 'x', type: ['null', 'long'], default: null }),
      '`x` changes its logical type from timestamp-millis to none',
    ],
    [
      'a symbol is lost',
      record(colours(['a', 'b'], 'a')),
      record(colours(['a'], 'a')),
      '`colour` loses the symbol `b`',
    ],
    [
      'a symbol is gained without a default for earlier readers',
      record(colours(['a'])),
      record(colours(['a', 'b'], 'a')),
      '`colour` gains the symbol `b`, for which earlier readers have no default',
    ],
    [
      'the default symbol changes',
      record(colours(['a', 'b'], 'a')),
      record(colours(['a', 'b'], 'b')),
      '`colour` changes the default symbol from a to b',
    ],
    [
      'a field becomes nullable',
      record(x),
      record({ name: 'x', type: ['string', 'null'] }),
      '`x` gains null in its union',
    ],
    [
      'a union loses a branch',
      record({ name: 'x', type: ['null', 'string'] }),
      record({ name: 'x', type: ['null'] }),
      '`x` loses string from its union',
    ],
    [
      'items change',
      record({ name: 'x', type: { type: 'array', items: 'string' } }),
      record({ name: 'x', type: { type: 'array', items: 'bytes' } }),
      '`x[]` changes its type from string to bytes',
    ],
    [
      'values of a map change',
      record({ name: 'x', type: { type: 'map', values: 'string' } }),
      record({ name: 'x', type: { type: 'map', values: 'bytes' } }),
      '`x{}` changes its type from string to bytes',
    ],
    [
      'a size changes',
      record({ name: 'x', type: { type: 'fixed', name: 'F', size: 16 } }),
      record({ name: 'x', type: { type: 'fixed', name: 'F', size: 32 } }),
      '`x` changes its size',
    ],
    [
      'a namespace changes',
      record(),
      { ...(record() as object), namespace: 'm' },
      'the schema changes its name from n.R to m.R',
    ],
    ['a nested record gains a field', nested(), nested(x), '`in.x` is added without a default'],
  ] as [string, SchemaJson, SchemaJson, string][])('%s', (_, earlier, later, fault) => {
    expect(incompatibilities(earlier, later)).toContain(fault);
  });
});
