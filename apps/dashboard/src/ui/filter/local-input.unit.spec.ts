import { afterEach, describe, expect, jest, test } from '@jest/globals';

import { fromInput, toInput } from './local-input.js';

afterEach(() => void jest.restoreAllMocks());

describe('a time in a field', () => {
  test.each([true, false])('comes back as the same time (UTC: %s)', (inUtc) => {
    const time = '2024-07-01T10:30:00.000Z';
    expect(fromInput(toInput(time, inUtc), inUtc)).toBe(time);
  });

  test("is on this machine's clock, unless it is in UTC", () => {
    // Minutes that UTC is ahead of the machine: this one stands in Oslo in summer.
    jest.spyOn(Date.prototype, 'getTimezoneOffset').mockReturnValue(-120);
    expect(toInput('2024-07-01T10:30:00.000Z', false)).toBe('2024-07-01T12:30');
    expect(toInput('2024-07-01T10:30:00.000Z', true)).toBe('2024-07-01T10:30');
  });

  test('that is not whole is none', () => {
    expect([fromInput('', true), fromInput('2024-', true), toInput(undefined, true)]).toEqual([
      undefined,
      undefined,
      '',
    ]);
  });
});
