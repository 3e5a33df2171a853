import { expect, test } from '@jest/globals';
import type { AuditEntry } from '#libs/events';
import { Projection } from './projection.js';
import { ShapeBook } from './shape-book.js';

const AMENDMENT = {
  ...{ kind: 'amendment', stream: 'orders', controller: 'janus', service: 'shop', purpose: 'sales', legalBasis: null },
  ...{ verdict: 'violation', reasons: [{ rule: 'consent-missing', effect: 'violation', clause: null, message: '' }] },
  ...{ recordedAt: 2_000, occurredAt: 1_000, amends: { task: 0, block: 0, index: 1 } },
} as unknown as AuditEntry;

const entry = { task: 0, block: 5, index: 1, logIndex: 50, entry: AMENDMENT };

test('an amendment of what is in the log changes what was counted of it', () => {
  const projection = new Projection(new ShapeBook(), { findings: new Map(), recordedAt: () => 1_500 });
  projection.add(entry);
  expect([...projection.findings.keys()]).toEqual(['0/0/1']);
  expect(projection.counts().map(({ n }) => n)).toEqual([-1, 1]);
});

test('what repeats an event is in no list and no count, and neither is its amendment', () => {
  const projection = new Projection(new ShapeBook(), { findings: new Map(), recordedAt: () => 1_500 });
  projection.add({ ...entry, entry: { ...AMENDMENT, kind: 'finding', amends: null, repeat: true } });
  projection.add({ ...entry, entry: { ...AMENDMENT, repeat: true } });
  expect([projection.findings.size, projection.counts(), projection.moments, projection.times()]).toEqual([
    0,
    [],
    [],
    [],
  ]);
});

test('an amendment of what was pruned brings it back in no list and no count', () => {
  const projection = new Projection(new ShapeBook(), { findings: new Map(), recordedAt: () => undefined });
  projection.add(entry);
  expect([projection.findings.size, projection.counts(), projection.times()]).toEqual([0, [], []]);
});
