import { expect, test } from '@jest/globals';
import { generateSignerKey, parseSigner, signNote } from '#libs/log';
import { inUseFirst } from './key-order.js';

const [a, b, c] = ['a', 'b', 'c'].map((name) => parseSigner(generateSignerKey(`${name}.example`))) as [
  ReturnType<typeof parseSigner>,
  ReturnType<typeof parseSigner>,
  ReturnType<typeof parseSigner>,
];
const keys = [a, b, c].map(({ verifierKey }) => verifierKey);

test('keys that sign now stand before those that did', () => {
  const note = signNote('text\n', [c, b]);
  expect(inUseFirst(keys, note)).toEqual([c, b, a].map(({ verifierKey }) => verifierKey));
});

test('without a checkpoint that can be read they stand as they come', () => {
  expect(inUseFirst(keys, null)).toEqual(keys);
  expect(inUseFirst(keys, 'no note')).toEqual(keys);
});
