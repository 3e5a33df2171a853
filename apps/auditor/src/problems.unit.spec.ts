import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { problemId } from '#libs/views';
import { problemsOf } from './problems.js';

const names = fc.constantFrom('acme', 'acme,acme', 'acme","acme', '');
const reasons = fc.array(
  fc.record({
    rule: fc.constantFrom('consent-missing', 'purpose-undeclared', 'request-overdue'),
    clause: fc.option(names),
    effect: fc.constantFrom('violation', 'gap'),
    message: names,
  }),
  { maxLength: 3 },
);
const entries = fc.record({
  controller: names,
  service: fc.option(names),
  stream: fc.option(fc.constantFrom('orders', 'marketing', 'sharing', 'rights')),
  reasons,
});

test('an entry belongs to a problem for each rule that fired, of its controller, service and stream', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      const { controller, service, stream } = entry;
      const kind = stream ?? 'duty';
      const expected = entry.reasons.map(({ rule, clause }) => problemId({ controller, rule, clause, service, kind }));
      expect(problemsOf(entry as never)).toEqual(expected);
    }),
  );
});

test('as many kinds of entries as there may be are told apart', () => {
  const reason = { rule: 'consent-missing', effect: 'violation', clause: null, message: '' } as const;
  const ids = (): string[] =>
    Array.from({ length: 12_000 }, (_, i) => {
      const entry = { controller: 'acme', service: `made-up-${i}`, stream: 'orders', reasons: [reason] } as const;
      return problemsOf(entry)[0] as string;
    });
  expect(new Set(ids()).size).toBe(12_000);
  expect(ids()).toEqual(ids());
});
