import { describe, expect, test } from '@jest/globals';
import type { Page } from '../api/types.js';
import { held } from './held.js';

type Row = { id: string; verdict?: string };
const page = (ids: string, total = ids.length): Page<Row> => ({
  items: [...ids].map((id) => ({ id })),
  total,
  nextCursor: `after ${ids}`,
  through: total,
});
const idsOf = ({ items }: Page<Row>): string => items.map(({ id }) => id).join('');

describe('a list that is read', () => {
  test('keeps its rows, its place and its total, and says how many are new', () => {
    const shown = page('cba', 7);
    const result = held(shown, page('edc', 9), true);
    expect(result).toEqual({ page: shown, fresh: 2 });
  });

  test('shows each row as it is now', () => {
    const latest = { ...page('ba'), items: [{ id: 'b', verdict: 'compliant' }, { id: 'a' }] };
    expect(held(page('ba'), latest, true)).toEqual({ page: { ...page('ba'), items: latest.items }, fresh: 0 });
  });

  test('counts what came though others went', () => {
    expect(held(page('cba', 3), page('dba', 3), true).fresh).toBe(1);
  });

  test('does not take for new what moved up', () => {
    expect(held(page('dcb', 4), page('dba', 3), true).fresh).toBe(0);
    expect(idsOf(held(page('dcb', 4), page('dba', 3), true).page)).toBe('dcb');
  });

  test('where the newest come last tells them by the total', () => {
    expect(held(page('abc', 5), page('abc', 8), false).fresh).toBe(3);
    expect(held(page('abc', 5), page('abd', 5), false).fresh).toBe(0);
  });

  test('that was empty is new altogether', () => {
    expect(held(page(''), page('a'), true)).toEqual({ page: page(''), fresh: 1 });
  });
});
