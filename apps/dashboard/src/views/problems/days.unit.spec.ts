import { expect, test } from '@jest/globals';
import { dayFilter, daysShown } from './days.js';

const now = Date.parse('2024-03-10T12:00:00Z');

test('the days of a problem go up to today', () => {
  expect(daysShown(3, '2024-03-08T00:00:00.000Z', now)).toEqual(['2024-03-08', '2024-03-09', '2024-03-10']);
});

test('or up to when it was last seen, where that is longer ago than the days shown', () => {
  expect(daysShown(3, '2024-03-07T23:59:59.999Z', now)).toEqual(['2024-03-05', '2024-03-06', '2024-03-07']);
});

test('a day ends where the next begins', () => {
  expect(dayFilter('2024-02-29')).toEqual({
    occurredFrom: '2024-02-29T00:00:00.000Z',
    occurredTo: '2024-03-01T00:00:00.000Z',
  });
});
