import { describe, expect, test } from '@jest/globals';
import type { RegisterVersion } from '../../api/types.js';
import { comparedWith, numbers, versionAt, withSpans } from './versions.js';

const version = (number: number, inForceFrom: string, id = `${number}`): RegisterVersion => ({
  version: number,
  id,
  inForceFrom,
  loadedAt: null,
});
const now = Date.parse('2025-06-01T00:00:00Z');

describe('versions', () => {
  test('are in force until the next one is', () => {
    const all = [version(1, '2018-05-25T00:00:00.000Z'), version(2, '2024-01-01T00:00:00.000Z')];
    expect(withSpans(all, now).map(({ version, inForceTo, state }) => [version, inForceTo, state])).toEqual([
      [2, null, 'inForce'],
      [1, '2024-01-01T00:00:00.000Z', 'superseded'],
    ]);
  });

  test('to come are not in force yet', () => {
    const all = [version(1, '2018-05-25T00:00:00.000Z'), version(2, '2026-01-01T00:00:00.000Z')];
    expect(withSpans(all, now).map(({ state }) => state)).toEqual(['future', 'inForce']);
  });

  test('of the same day give way to the one that was loaded last', () => {
    const day = '2018-05-25T00:00:00.000Z';
    const spans = withSpans([version(1, day, 'a'), version(1, day, 'b')], now);
    expect(spans.map(({ id, inForceTo, state }) => [id, inForceTo, state])).toEqual([
      ['b', null, 'inForce'],
      ['a', null, 'superseded'],
    ]);
    expect(numbers(spans)).toEqual([1]);
  });
});

test.each([
  ['the one in force', ['2018-05-25', '2024-01-01', '2026-01-01'], 2],
  ['the first to come', ['2026-01-01', '2027-01-01'], 1],
  ['none', [], undefined],
])('shown of a register, without saying which: %s', (_, days, expected) => {
  const all = days.map((day, at) => version(at + 1, `${day}T00:00:00.000Z`));
  expect(versionAt(all, now)).toBe(expected);
});

test.each([
  [[3, 2, 1], 3, undefined, 2],
  [[3, 2, 1], 1, undefined, 2],
  [[3, 2, 1], 3, 1, 1],
  [[3, 2, 1], 3, 3, 2],
  [[3, 2, 1], 3, 9, 2],
  [[1], 1, undefined, null],
  [[], 1, undefined, null],
])('of versions %j, %d is compared with (chosen: %s) %s', (all, version, chosen, expected) => {
  expect(comparedWith(all, version, chosen)).toBe(expected);
});
