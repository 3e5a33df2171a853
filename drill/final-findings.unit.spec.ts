import { expect, test } from '@jest/globals';
import type { AuditEntry } from '#libs/events';
import { FinalFindings } from './final-findings.js';

/** The duties that stand where one was found of which this is said. */
function dutiesSaid(message: string): readonly string[] {
  const findings = new FinalFindings();
  const entry = {
    kind: 'duty',
    verdict: 'violation',
    reasons: [{ rule: 'request-overdue', effect: 'violation', clause: 'rights', message }],
    assumptions: [],
    register: Buffer.alloc(32),
    tag: Buffer.alloc(32),
    controller: 'acme',
    purpose: null,
    source: null,
    amends: null,
  } as unknown as AuditEntry;
  findings.add({ task: 0, block: 0, index: 0, entry });
  expect(findings.faults).toEqual([]);
  return findings.standingDuties;
}

test('of a duty that is not fulfilled, the day on which it was looked at makes no difference', () => {
  for (const said of ['; it is unanswered on ', '; no erasure or anonymisation is on record on ']) {
    expect(dutiesSaid(`by 2026-03-01${said}2026-11-21`)).toEqual(dutiesSaid(`by 2026-03-01${said}2026-11-22`));
    expect(dutiesSaid(`by 2026-03-01${said}2026-11-21`)).not.toEqual(dutiesSaid(`by 2026-03-02${said}2026-11-21`));
  }
});

test('the day on which it was fulfilled does', () => {
  expect(dutiesSaid('it was answered late, on 2026-11-21')).not.toEqual(
    dutiesSaid('it was answered late, on 2026-11-22'),
  );
});
