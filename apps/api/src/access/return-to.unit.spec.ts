import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { returnPath } from './return-to.js';

test.each([
  '/',
  '/findings',
  '/findings/0-12-3?tab=proof#step-2',
  '/problems?rule=a&rule=b',
  '/search?next=https://elsewhere.example/',
  '/a//b',
  '/%2F%2Fevil.example',
  '/authors',
])('%s is a place of this site', (path) => {
  expect(returnPath(path)).toBe(path);
});

test.each([
  ['nothing', undefined],
  ['no text', ['/findings']],
  ['an object', { toString: () => '/findings' }],
  ['an empty one', ''],
  ['another site', 'https://evil.example/'],
  ['another scheme', 'javascript:alert(1)'],
  ['another site by our scheme', '//evil.example/'],
  ['… with more slashes', '///evil.example/'],
  ['… with a backslash', '/\\evil.example/'],
  ['… with two', '\\\\evil.example/'],
  ['… with one further on', '/a\\..\\\\evil.example'],
  ['… with a tab between', '/\t/evil.example/'],
  ['… with a line break between', '/\n/evil.example/'],
  ['… with a line break before', '\n//evil.example/'],
  ['… with a space before', ' //evil.example/'],
  ['… by a path that goes nowhere', '/.//evil.example/'],
  ['… by a path that goes up', '/a/..//evil.example/'],
  ['… by an escaped one', '/%2e//evil.example/'],
  ['our name as user', '@evil.example/'],
  ['a relative path', 'findings'],
  ['a line break, for a header of its own', '/a\r\nset-cookie: b=c'],
  ['what is no URL', '/\ud800\u0000'],
  ['the login itself', '/auth/login?returnTo=/'],
  ['… by a detour', '/a/../auth/login'],
  ['what is for programs', '/api/v1/exports/findings.csv'],
])('%s is none: it becomes /', (_, given) => {
  expect(returnPath(given)).toBe('/');
});

test('INVARIANT: whatever is given, browsers stay on this site', () => {
  const pieces = fc.constantFrom(
    '/',
    '\\',
    '.',
    '..',
    '//',
    'evil.example',
    ':',
    '@',
    '\t',
    '\r',
    '%2f',
    '%5c',
    '?',
    '#',
    'a',
  );
  const given = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 8 }).map((all) => `/${all.join('')}`),
  );
  fc.assert(
    fc.property(given, (text) => {
      const path = returnPath(text);
      expect(new URL(path, 'https://hjemmel.example').origin).toBe('https://hjemmel.example');
      // And so it is for who reads it once more.
      expect(path).toMatch(/^\/(?![/\\])/);
      expect(returnPath(path)).toBe(path);
    }),
    { numRuns: 5_000 },
  );
});
