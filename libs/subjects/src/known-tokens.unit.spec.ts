import { expect, test } from '@jest/globals';
import { KnownTokens } from './known-tokens.js';

const token = (i: number): string => String(i).padStart(8, '0');

test('knows what was added lately, and no more than it may', () => {
  const known = new KnownTokens(100);
  for (let i = 0; i < 1_000; i++) {
    known.add(token(i));
    expect(known.has(token(i))).toBe(true);
    expect(known.size).toBeLessThanOrEqual(100);
  }
  for (let i = 950; i < 1_000; i++) expect(known.has(token(i))).toBe(true);
  expect(known.has(token(0))).toBe(false);
});

test('knows on what is asked for again and again', () => {
  const known = new KnownTokens(100);
  for (let i = 0; i < 1_000; i++) {
    known.add(token(i));
    expect(known.has(token(0))).toBe(true);
  }
});
