import { expect, test } from '@jest/globals';
import type { Register } from '#libs/register';
import type { FindingFilter, Scope, StatisticsRow } from '#libs/views';
import { coverageOf } from './coverage.js';

const register: Pick<Register, 'controller' | 'purposes'> = {
  controller: 'acme',
  purposes: new Map(['purchase', 'marketing', 'survey'].map((id) => [id, {} as never])),
};

test('coverage: declared and used, declared and not used, used and not declared', async () => {
  const rows: StatisticsRow[] = [
    { key: ['purchase', 'compliant', 20_000], count: 5 },
    { key: ['purchase', 'violation', 19_999], count: 2 },
    { key: ['purchase', 'gap', 20_001], count: 1 },
    { key: ['marketing', 'compliant', 19_000], count: 3 },
    { key: ['spying', 'violation', 20_000], count: 4 },
    { key: ['archive', 'violation', 20_000], count: 4 },
    { key: ['typo', 'violation', 20_000], count: 1 },
    { key: [null, 'compliant', 20_000], count: 9 },
  ];
  const asked: unknown[] = [];
  const models = {
    statistics: async (filter: FindingFilter, scope: Scope, by: readonly string[]) => {
      asked.push(filter, scope, by);
      return rows;
    },
  };
  const scope = { controllers: new Set(['acme']) };
  expect(await coverageOf(register, { from: 1, to: 2 }, scope, models)).toEqual({
    declared: [
      { purpose: 'purchase', events: 8, findings: 3, lastSeen: '2024-10-05' },
      { purpose: 'marketing', events: 3, findings: 0, lastSeen: '2022-01-08' },
      { purpose: 'survey', events: 0, findings: 0, lastSeen: null },
    ],
    undeclared: [
      { purpose: 'archive', events: 4 },
      { purpose: 'spying', events: 4 },
      { purpose: 'typo', events: 1 },
    ],
  });
  expect(asked).toEqual([
    { controllers: ['acme'], kinds: ['orders', 'marketing', 'sharing'], occurred: { from: 1, to: 2 } },
    scope,
    ['purpose', 'verdict', 'day'],
  ]);
});
