import { describe, expect, test } from '@jest/globals';
import type { DeclaredCategory, RegisterChange, Retention } from '../../api/types.js';
import { en } from '../../i18n/en/index.js';
import { coverageRows } from './coverage.js';
import { clauseOf, grouped, keepings } from './declared.js';
import { changeGroups, FIELDS, isBlank, stepsOf } from './difference.js';

test('categories of one clause and condition stand together', () => {
  const category = (name: string, clause: string, condition: string | null = null): DeclaredCategory => ({
    category: name,
    clause,
    condition,
    assumed: false,
  });
  const categories = [category('name', 'a'), category('phone', 'b'), category('email', 'a'), category('card', 'a', 'x')];
  expect(grouped(categories).map(({ clause, condition, categories }) => [clause, condition, categories])).toEqual([
    ['a', null, ['name', 'email']],
    ['b', null, ['phone']],
    ['a', 'x', ['card']],
  ]);
});

describe('retention', () => {
  const retention = (period: string): Retention => ({ period, from: 'collection', clause: 'r', assumed: false });

  test('is told once where it is the same for all', () => {
    expect(keepings({ customer: retention('P1Y'), neverCustomer: retention('P1Y') })).toEqual([
      { whose: null, retention: retention('P1Y') },
    ]);
  });

  test('is told for whom it is', () => {
    const both = keepings({ customer: retention('P3Y'), neverCustomer: retention('P1Y') });
    expect(both.map(({ whose, retention: { period } }) => [whose, period])).toEqual([
      ['customers', 'P3Y'],
      ['neverCustomers', 'P1Y'],
    ]);
    expect(keepings({ customer: retention('P3Y'), neverCustomer: null })).toHaveLength(1);
    expect([keepings(null), keepings({ customer: null, neverCustomer: null })]).toEqual([[], []]);
  });
});

test('a clause is named by its parameter or behind the address', () => {
  expect(clauseOf('a.b', 'clause-c')).toBe('a.b');
  expect(clauseOf(undefined, 'clause-c.d')).toBe('c.d');
  expect(clauseOf(undefined, 'top')).toBeNull();
});

test('coverage: what somebody must look at comes first', () => {
  const rows = coverageRows({
    declared: [
      { purpose: 'used', events: 3, findings: 1, lastSeen: '2024-03-01' },
      { purpose: 'dead', events: 0, findings: 0, lastSeen: null },
    ],
    undeclared: [{ purpose: 'new', events: 2 }],
  });
  expect(rows.map(({ purpose, state, findings }) => [purpose, state, findings])).toEqual([
    ['new', 'undeclared', null],
    ['dead', 'unseen', 0],
    ['used', 'seen', 1],
  ]);
});

describe('differences', () => {
  const kinds = (where: string): string[] => stepsOf(where).map(({ kind, id }) => `${kind} ${id}`);

  test('stand where people know the place', () => {
    expect(kinds('/purposes/direct-marketing/bases/consent (2)/conditions')).toEqual([
      'field purposes',
      'purpose direct-marketing',
      'field bases',
      'basis consent (2)',
      'field conditions',
    ]);
    expect(kinds('/documents/a~1b.txt')).toEqual(['field documents', 'document a/b.txt']);
    expect(kinds('purposes/purposes/recipients/x')).toEqual([
      'field purposes',
      'purpose purposes',
      'field recipients',
      'recipient x',
    ]);
    expect(kinds('/statements/purposes')).toEqual(['field statements', 'field purposes']);
  });

  test('of one purpose stand together', () => {
    const change = (where: string): RegisterChange => ({ where, kind: 'changed', before: 1, after: 2 });
    const groups = changeGroups(
      ['/name', '/purposes/a/dpv', '/requests/within', '/purposes/b', '/purposes/a/clause'].map(change),
    );
    expect(groups.map(({ place, changes }) => [place.at(-1)?.id, changes.map(({ rest }) => rest.at(-1)?.id)])).toEqual([
      ['name', [undefined]],
      ['a', ['dpv', 'clause']],
      ['requests', ['within']],
      ['b', [undefined]],
    ]);
  });

  test('say nothing of what is empty', () => {
    expect([null, [], {}].every(isBlank)).toBe(true);
    expect([0, false, '', ['a'], { a: null }].some(isBlank)).toBe(false);
  });

  test('have a name for each field', () => {
    expect(Object.keys(en.registers.field)).toEqual(FIELDS);
  });
});
