import { describe, expect, test } from '@jest/globals';
import { RECIPIENT_ROLES, RECIPIENT_USES, SAFEGUARDS, UNDERTAKINGS } from '#libs/events';
import { loadVocabulary } from '#libs/register';
import { en } from '../i18n/en/index.js';
import * as page from './vocabulary.js';

const vocabulary = loadVocabulary();

describe('the page knows the vocabulary of registers and events', () => {
  test.each([
    ['categories', page.CATEGORIES, [...vocabulary.categories.keys()]],
    ['sectors', page.SECTORS, [...vocabulary.sectors.keys()]],
    ['roles of recipients', page.RECIPIENT_ROLES, RECIPIENT_ROLES],
    ['uses of recipients', page.RECIPIENT_USES, RECIPIENT_USES],
    ['undertakings', page.UNDERTAKINGS, UNDERTAKINGS],
    ['safeguards', page.SAFEGUARDS, SAFEGUARDS],
  ])('%s', (_, known, all) => {
    expect([...known].sort()).toEqual([...all].sort());
  });

  test('and has a name for each category and each sector', () => {
    expect(Object.keys(en.registers.category)).toEqual(page.CATEGORIES);
    expect(Object.keys(en.registers.sector)).toEqual(page.SECTORS);
  });
});
