import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SubjectCache } from './cache.js';
import { parseSubjectKey, Subject, subjectKey } from './subject.js';

test('a key is the record key where the controller is plain', () => {
  expect(subjectKey('jetpak', 'c/1')).toBe('jetpak/c/1');
});

test('no two subjects share a key', () => {
  const part = fc.string({ unit: fc.constantFrom('a', '/', '%', '2', 'F', '5') });
  fc.assert(
    fc.property(part, part, part, part, (c1, s1, c2, s2) => {
      expect(subjectKey(c1, s1) === subjectKey(c2, s2)).toBe(c1 === c2 && s1 === s2);
    }),
  );
});

test('a key says again what it was made of', () => {
  const part = fc.string({ unit: fc.constantFrom('a', '/', '%', '2', 'F', '5') });
  fc.assert(
    fc.property(part, part, (controller, subject) => {
      expect(parseSubjectKey(subjectKey(controller, subject))).toEqual({ controller, subject });
    }),
  );
});

const ID = Buffer.alloc(16);

test('every subject has a secret of its own', () => {
  expect(Subject.first('a/1', ID).tag('e')).not.toEqual(Subject.first('a/1', ID).tag('e'));
});

test('the cache keeps fewer of those of whom much is known', () => {
  const kept = (marks: number) => {
    const cache = new SubjectCache(100);
    for (let i = 0; i < 1_000; i++) {
      const subject = Subject.first(`s${i}`, ID);
      for (let mark = 0; mark < marks; mark++) subject.marks.add(mark);
      cache.set(subject);
      cache.trim();
    }
    return cache.size;
  };
  expect([kept(0) >= 50, kept(127) >= 50, kept(128 * 9) <= 11]).toEqual([true, true, true]);
});

test('the cache keeps what was used lately and lets the rest go', () => {
  const cache = new SubjectCache(100);
  const kept = Subject.first('kept', ID);
  cache.set(kept);
  for (let i = 0; i < 1_000; i++) {
    cache.set(Subject.first(`s${i}`, ID));
    cache.trim();
    expect(cache.get('kept')).toBe(kept);
  }
  expect(cache.size).toBeLessThanOrEqual(101);
  expect(cache.get('s0')).toBeUndefined();
  expect(cache.get('s999')).toBeDefined();
});
