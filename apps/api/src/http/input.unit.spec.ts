import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { FindingsQuery } from '../v1/findings/schemas.js';
import { TriageRequest } from '../v1/triage/schemas.js';
import { readBody, readQuery } from './input.js';
import { Problem } from './problem.js';

/** What is told of each wrong place; null: nothing is wrong. */
function told(action: () => unknown): Record<string, string> | null {
  try {
    action();
    return null;
  } catch (fault) {
    if (!(fault instanceof Problem)) throw fault;
    const errors = fault.details().errors ?? [];
    return Object.fromEntries(errors.map(({ parameter, detail }) => [parameter, detail]));
  }
}

describe('a query', () => {
  const some = (of: fc.Arbitrary<string>) => fc.oneof(of, fc.string({ unit: 'grapheme' }));
  const parameter = some(fc.constantFrom(...Object.keys(FindingsQuery.properties), '__proto__', 'toString'));
  const value = some(fc.constantFrom('violation', '5', '-0', '1e9', '2026-01-01T00:00:00Z', '', '%', '\u0000'));

  test('is taken, or refused with a reason for each place', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(parameter, value), { maxLength: 8 }), (pairs) => {
        const errors = told(() => readQuery(FindingsQuery, new URLSearchParams(pairs).toString()));
        if (errors === null) return;
        for (const [name, detail] of Object.entries(errors)) {
          expect(pairs.map(([given]) => given.slice(0, 100))).toContain(name);
          expect(detail).toMatch(/^(is|must) .*\.$/);
        }
      }),
      { seed: 1, numRuns: 1_000 },
    );
  });

  test('of many wrong places gets some of them told', () => {
    const search = Array.from({ length: 500 }, (_, i) => `p${i}=1`).join('&');
    expect(Object.keys(told(() => readQuery(FindingsQuery, search)) ?? {})).toHaveLength(20);
  });
});

describe('content', () => {
  test('is taken, or refused with a reason for each place', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.object({ key: fc.constantFrom('action', 'comment', 'reason', 'x') })),
        (body) => {
          const errors = told(() => readBody(TriageRequest, body));
          for (const detail of Object.values(errors ?? {})) expect(detail).toMatch(/^(is|must) .*\.$/);
          if (errors === null) expect(body).toHaveProperty('action');
        },
      ),
      { seed: 2, numRuns: 1_000 },
    );
  });

  test('may need a field by the value of another', () => {
    const body = (value: object) => told(() => readBody(TriageRequest, value));
    expect(body({ action: 'resolve' })).toEqual({ '/reason': 'is missing.' });
    expect(body({ action: 'assign', reason: 'fixed' })).toEqual({ '/assignee': 'is missing.' });
    expect(body({ action: 'comment', comment: '' })).toEqual({ '/comment': expect.stringMatching(/characters/) });
    expect(body({ action: 'resolve', reason: 'fixd' })).toEqual({
      '/reason': 'must be one of fixed, declared, accepted, false-alarm (did you mean fixed?).',
    });
    for (const right of [
      { action: 'resolve', reason: 'fixed' },
      { action: 'assign', assignee: null },
      { action: 'assign', assignee: 'ada' },
      { action: 'comment', comment: 'x'.repeat(4_000) },
      { action: 'acknowledge' },
      { action: 'reopen', comment: 'again' },
    ]) {
      expect(body(right)).toBeNull();
    }
  });
});
