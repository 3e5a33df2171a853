import { expect, test } from '@jest/globals';
import { DueSubjects, type Known } from './due-subjects.js';
import { Subject } from './subject.js';

test('when somebody is due is known in memory until it is written: what the document says is older', () => {
  const known = { isBehind: () => false, isChanging: () => false } as unknown as Known;
  const dues = new DueSubjects(0, {} as never, known, () => null, null, null);
  const subject = Subject.first('acme/s-1', Buffer.alloc(12));
  dues.swept(subject, 7);
  expect(dues.get(subject.key)).toBe(subject);
  expect(dues.takeWrites()).toHaveLength(1);
  expect(dues.get(subject.key)).toBe(subject);
  dues.saved();
  expect(dues.get(subject.key)).toBeUndefined();
  expect(dues.takeWrites()).toEqual([]);
});
