import { describe, expect, test } from '@jest/globals';
import type { FindingSummary } from '../api/types.js';
import { arrived, staleKeys, type Change } from './changes.js';

const finding: FindingSummary = {
  id: '0-1-2',
  kind: 'marketing',
  verdict: 'violation',
  controller: 'janus',
  service: 'campaigns',
  purpose: 'direct-marketing',
  legalBasis: 'consent',
  reasons: [
    { rule: 'consent-missing', effect: 'violation', clause: 'marketing.basis', problem: 'p1-00000000000000aa' },
  ],
  occurredAt: '2024-03-01T10:00:00.000Z',
  recordedAt: '2024-03-01T10:00:01.000Z',
  changedAt: '2024-03-01T10:00:01.000Z',
  amended: false,
  logIndex: 7,
};
const change: Change = { event: 'finding', finding };

describe('a change', () => {
  test('of a finding concerns the lists, the counts, itself and its problems', () => {
    const keys = staleKeys([change]);
    expect(keys).toEqual(expect.arrayContaining([['findings'], ['problems'], ['statistics'], ['finding', '0-1-2']]));
    expect(keys).toContainEqual(['problem', 'p1-00000000000000aa']);
    expect(keys).not.toContainEqual(['duties']);
  });

  test('of a duty concerns the duties', () => {
    expect(staleKeys([{ event: 'finding', finding: { ...finding, kind: 'duty' } }])).toContainEqual(['duties']);
  });

  test('of a problem by a person leaves findings and counts alone', () => {
    expect(staleKeys([{ event: 'triage', problem: 'p1-0' }])).toEqual([['problems'], ['problem', 'p1-0']]);
  });

  test('that came a thousand times makes each query stale once', () => {
    const many = Array.from({ length: 1000 }, () => change);
    expect(staleKeys([...many, { event: 'checkpoint' }])).toEqual([...staleKeys([change]), ['log']]);
    expect(arrived([...many, { event: 'checkpoint' }])).toBe(1000);
  });
});
