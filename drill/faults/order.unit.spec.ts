import { expect, test } from '@jest/globals';
import { Random } from '../../apps/local/src/traffic/random.js';
import { KINDS } from './kinds/all.js';
import { FAMILIES } from './kinds/kind.js';
import { inTurn } from './order.js';

function first(count: number, seed: number) {
  const order = inTurn(KINDS, new Random(seed, 1));
  return Array.from({ length: count }, () => order.next().value);
}

test('titles tell the kinds apart', () => {
  expect(new Set(KINDS.map(({ title }) => title)).size).toBe(KINDS.length);
});

test('families take turns, and a kind comes again only when all of its family were', () => {
  const order = first(FAMILIES.length * KINDS.length, 4);
  for (let i = 0; i < order.length; i += FAMILIES.length) {
    const round = order.slice(i, i + FAMILIES.length).map(({ family }) => family);
    expect(new Set(round).size).toBe(FAMILIES.length);
  }
  for (const family of FAMILIES) {
    const own = KINDS.filter((kind) => kind.family === family);
    const drawn = order.filter((kind) => kind.family === family).slice(0, own.length);
    expect(new Set(drawn)).toEqual(new Set(own));
  }
});

test('the same seed gives the same order, another one another', () => {
  expect(first(50, 1)).toEqual(first(50, 1));
  expect(first(50, 2)).not.toEqual(first(50, 1));
});
