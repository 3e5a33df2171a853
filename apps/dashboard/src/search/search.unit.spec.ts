import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { patched } from './patch.js';
import { fromQuery, toQuery } from './query-string.js';
import {
  dutiesSearch,
  findingSearch,
  findingsSearch,
  overviewSearch,
  problemSearch,
  problemsSearch,
  registerSearch,
} from './schemas.js';

describe('query strings', () => {
  test('repeat a parameter for each of its values', () => {
    expect(toQuery({ rule: ['a', 'b'], sort: '-lastSeen', page: 2 })).toBe('?rule=a&rule=b&sort=-lastSeen&page=2');
  });

  test('carry nothing that says nothing', () => {
    expect(toQuery({ rule: [], sort: undefined, cursor: null })).toBe('');
  });

  test('are read as they were written', () => {
    const values = fc.dictionary(fc.string({ minLength: 1 }), fc.array(fc.string(), { minLength: 2 }), {
      noNullPrototype: true,
    });
    fc.assert(
      fc.property(values, (written) => {
        // A parameter of this name cannot be set on an object by its name.
        fc.pre(!('__proto__' in written && Object.hasOwn(written, '__proto__')));
        expect(fromQuery(toQuery(written))).toEqual(written);
      }),
    );
  });
});

describe('the state of a list', () => {
  test('is read from the address, single values as lists of one', () => {
    const search = '?verdict=gap&rule=consent-missing&rule=purpose-undeclared&occurredFrom=2024-03-01&sort=occurredAt';
    expect(findingsSearch(fromQuery(search))).toEqual({
      verdict: ['gap'],
      rule: ['consent-missing', 'purpose-undeclared'],
      occurredFrom: '2024-03-01T00:00:00.000Z',
      sort: 'occurredAt',
    });
  });

  test('leaves out what makes no sense', () => {
    const search =
      '?verdict=bad&rule=nope&rule=consent-missing&occurredTo=tomorrow&sort=name&page=-1&unknown=1&service=';
    expect(findingsSearch(fromQuery(search))).toEqual({ rule: ['consent-missing'] });
  });

  test('counts no page without its cursor', () => {
    expect(problemsSearch({ page: '3' })).toEqual({});
    expect(problemsSearch({ page: '3', cursor: 'x' })).toEqual({ page: 3, cursor: 'x' });
  });

  test('survives being written and read again', () => {
    const state = problemsSearch(
      fromQuery('?status=open&status=resolved&assignee=a%20b&kind=duty&sort=-people&cursor=c'),
    );
    expect(problemsSearch(fromQuery(toQuery({ ...state })))).toEqual(state);
  });
});

describe('a changed state', () => {
  const before = problemsSearch({ status: ['open'], rule: ['consent-missing'], cursor: 'c', page: '2' });

  test('begins at the first page, and keeps the rest', () => {
    expect(patched(before, { sort: '-people' })).toEqual({
      status: ['open'],
      rule: ['consent-missing'],
      sort: '-people',
    });
  });

  test('loses what is taken away', () => {
    expect(patched(before, { rule: undefined })).toEqual({ status: ['open'] });
  });

  test('may be another page', () => {
    expect(patched(before, { cursor: 'd', page: 3 })).toEqual({ ...before, cursor: 'd', page: 3 });
  });
});

test('the other views keep to what they know', () => {
  expect(overviewSearch({ days: '90', by: 'controller', table: ['rate', 'x'] })).toEqual({
    days: 90,
    by: 'controller',
    table: ['rate'],
  });
  expect(overviewSearch({ days: '31', by: 'rule' })).toEqual({});
  expect(problemSearch({ days: '7', table: 'days' })).toEqual({ days: 7, table: 'days' });
  expect(problemSearch({ days: '8', table: 'x' })).toEqual({});
  expect(findingSearch({ tab: 'proof' })).toEqual({ tab: 'proof' });
  expect(findingSearch({ tab: 'steps' })).toEqual({});
  expect(registerSearch({ tab: 'coverage', from: '2', clause: 'a.b' })).toEqual({
    tab: 'coverage',
    from: 2,
    clause: 'a.b',
  });
  expect(dutiesSearch({ duty: 'request-overdue', table: 'days', view: 'x' })).toEqual({
    duty: ['request-overdue'],
    table: 'days',
  });
});
