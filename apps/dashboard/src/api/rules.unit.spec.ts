import { expect, test } from '@jest/globals';
import { RULES as judged } from '#libs/judge';
import { RULES } from './rules.js';

test('the page knows the rules of the judge, in the same order', () => {
  expect(RULES).toEqual(judged);
});
