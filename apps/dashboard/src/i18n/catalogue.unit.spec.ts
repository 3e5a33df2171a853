import { describe, expect, test } from '@jest/globals';
import { flat } from './catalogue.js';
import { en } from './en/index.js';
import { preferredLanguage } from './languages.js';
import { nb } from './nb/index.js';

const english = flat(en);
const norwegian = flat(nb);
const slots = (message = ''): string =>
  [...message.matchAll(/\{\{(\w+)\}\}/g)]
    .map(([, name = '']) => name)
    .sort()
    .join();

describe('the Norwegian messages', () => {
  test('are those of the English catalogue, and none is empty', () => {
    expect([...norwegian.keys()]).toEqual([...english.keys()]);
    expect([...english, ...norwegian].filter(([, message]) => message.trim() === '')).toEqual([]);
  });

  test('fill in what the English ones fill in', () => {
    const differing = [...english].filter(([path, message]) => slots(message) !== slots(norwegian.get(path)));
    expect(differing).toEqual([]);
  });

  test('have each plural in both forms', () => {
    const alone = [...english.keys()].filter(
      (path) => path.endsWith('_one') && !english.has(path.replace(/_one$/, '_other')),
    );
    expect(alone).toEqual([]);
  });
});

test.each([
  [['nb-NO', 'en'], 'nb'],
  [['nn-NO'], 'nb'],
  [['de-DE', 'en-US'], 'en'],
  [['de-DE', 'no', 'en'], 'nb'],
  [['de-DE'], 'en'],
  [[], 'en'],
])('a person who reads %j gets %s', (read, language) => {
  expect(preferredLanguage(read)).toBe(language);
});
