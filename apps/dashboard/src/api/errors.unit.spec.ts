import { describe, expect, test } from '@jest/globals';
import { ApiError, problemDetails, retries, Unreachable } from './errors.js';

const refused = (status: number): ApiError => new ApiError(problemDetails(status, '', null));

describe('problem details', () => {
  test('are taken as the api sends them', () => {
    const errors = [{ parameter: 'rule', detail: 'There is no such rule.' }];
    const details = problemDetails(400, 'Bad Request', { type: '/problems/x', title: 'T', detail: 'D', errors });
    expect(details).toEqual({ type: '/problems/x', title: 'T', status: 400, detail: 'D', errors });
  });

  test('are made of the status where the body is of somebody else', () => {
    expect(problemDetails(502, 'Bad Gateway', '<html>')).toMatchObject({
      title: 'Bad Gateway',
      status: 502,
      errors: [],
    });
    expect(problemDetails(599, '', null).title).toBe('HTTP 599');
    expect(problemDetails(400, '', { title: 7, errors: ['x', null] })).toMatchObject({ title: 'HTTP 400', errors: [] });
  });
});

describe('a failed request', () => {
  test.each([400, 401, 403, 404, 409, 422])('is not tried again after %d', (status) => {
    expect(retries(0, refused(status))).toBe(false);
  });

  test.each([408, 429, 500, 502, 503])('is tried again after %d, twice', (status) => {
    expect([0, 1, 2].map((failures) => retries(failures, refused(status)))).toEqual([true, true, false]);
  });

  test('is tried again when nobody answered', () => {
    expect(retries(0, new Unreachable(new TypeError()))).toBe(true);
  });
});
