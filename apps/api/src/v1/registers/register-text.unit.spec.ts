import { describe, expect, test } from '@jest/globals';
import { Check } from 'typebox/value';
import { defaultRegistersDir, loadRegisters, parsePeriod } from '#libs/register';
import type { DeclaredBasis } from '#libs/register';
import { basisConditions, categoryCondition, inWords } from './conditions.js';
import { registerText } from './register-text.js';
import { RegisterText } from './schemas.js';

test('every register that ships is told in the form that is described', async () => {
  for (const register of await loadRegisters(defaultRegistersDir())) {
    const text = registerText(register, null);
    expect(Check(RegisterText, text)).toBe(true);
    expect(text.purposes).toHaveLength(register.purposes.size);
    expect(text.inForceFrom).toMatch(/T00:00:00\.000Z$/);
  }
});

test.each([
  ['P12M', '1 year'],
  ['P15M', '1 year and 3 months'],
  ['P30D', '30 days'],
  ['P2W', '14 days'],
  ['PT36H', '1 day and 12 hours'],
  ['P1Y1M1DT1H1M1S', '1 year, 1 month, 1 day, 1 hour, 1 minute, and 1 second'],
  ['P0D', 'no time'],
])('%s in words is %s', (iso, words) => {
  expect(inWords(parsePeriod(iso))).toBe(words);
});

describe('conditions are sentences:', () => {
  const basis: DeclaredBasis = { basis: 'consent', clause: 'c', assumed: false, applies: [], relationship: null };

  test('of bases', () => {
    expect(basisConditions(basis)).toEqual([]);
    const applies = ['dispute-open', 'given-to-authority'] as const;
    expect(basisConditions({ ...basis, applies })).toEqual([
      'While the person has an open dispute.',
      'Where data is given to an authority.',
    ]);
    const relationship = { clause: 'c', window: null, electronicOnly: false };
    expect(basisConditions({ ...basis, relationship })).toEqual(['For people who ever placed an order.']);
  });

  test('of categories', () => {
    expect(categoryCondition(null)).toBeNull();
    expect(categoryCondition({ kind: 'basis', basis: 'legal_obligation' })).toBe('Only on the basis legal obligation.');
    expect(categoryCondition({ kind: 'customer-type', customerType: 'business' })).toBe('Only of business customers.');
    expect(categoryCondition({ kind: 'action', action: 'warranty_claimed' })).toBe(
      'Only in events of the action warranty claimed.',
    );
    expect(categoryCondition({ kind: 'judgement' })).toBe(
      'Where a person judges it to be needed: the event states why.',
    );
  });
});
