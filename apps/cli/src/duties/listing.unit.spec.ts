import { expect, test } from '@jest/globals';
import type { DutyFinding, OpenDuty } from '#libs/judge';
import { inOrder, periodAfter, tableOf, toPrinted } from './listing.js';
import type { ListedDuty } from './listing.js';

const at = (time: string): number => Date.parse(time);
const whose = { controller: 'janus', subject: '0123456789ab', position: null } as const;

const request: DutyFinding = {
  duty: 'request-overdue',
  purpose: null,
  requestId: 'r-1',
  dueAt: at('2024-02-01T10:00:00Z'),
  fulfilledAt: null,
  finding: {
    verdict: 'violation',
    reasons: [{ rule: 'request-overdue', effect: 'violation', clause: 'requests', message: 'unanswered' }],
    assumptions: [],
    register: 'ab'.repeat(32),
  },
};
const erased: DutyFinding = {
  ...request,
  duty: 'erasure-overdue',
  purpose: 'news',
  requestId: null,
  dueAt: at('2024-01-20T00:00:00Z'),
  fulfilledAt: at('2024-01-25T08:00:00Z'),
  finding: { ...request.finding, verdict: 'gap' },
};
const open: OpenDuty = {
  duty: 'retention-overdue',
  purpose: 'orders',
  requestId: null,
  dueAt: at('2024-01-10T00:00:00Z'),
  clause: 'keeping',
};
const listed = (duty: DutyFinding | OpenDuty, fields: Partial<ListedDuty> = {}): ListedDuty => ({ ...whose, ...fields, duty }); // prettier-ignore

test('a line of JSON has the fields of `check --at`, and when, what for and where', () => {
  expect(toPrinted(listed(erased, { position: '3/17/250' }))).toEqual({
    duty: 'erasure-overdue',
    controller: 'janus',
    subject: '0123456789ab',
    verdict: 'gap',
    reasons: erased.finding.reasons,
    dueAt: '2024-01-20T00:00:00.000Z',
    purpose: 'news',
    fulfilledAt: '2024-01-25T08:00:00.000Z',
    position: '3/17/250',
  });
  expect(toPrinted(listed(open))).toMatchObject({ verdict: 'open', reasons: [], fulfilledAt: null, position: null });
});

test('overdue ones come first, then open ones, each by when they are due', () => {
  const duties = [listed(open), listed(request), listed(erased), listed(request, { subject: '00' })];
  expect(inOrder(duties)).toEqual([duties[2], duties[3], duties[1], duties[0]]);
});

test('the table says what is to be done, until when, and how it stands', () => {
  const duties = inOrder([listed(open), listed(request), listed(erased, { position: '3/17/250' })]);
  const table = tableOf(duties, at('2024-02-02T00:00:00Z'), at('2024-03-03T00:00:00Z'));
  expect(table.map((line) => line.split(/ {2,}/))).toEqual([
    ['due', 'duty', 'controller', 'subject', 'purpose', 'state', 'in the trail'],
    [
      '2024-01-20 00:00',
      'erase after withdrawal',
      'janus',
      '0123456789ab',
      'news',
      'late, on 2024-01-25, a person must look',
      '3/17/250',
    ],
    ['2024-02-01 10:00', 'answer a request', 'janus', '0123456789ab', '–', 'OVERDUE', '–'],
    ['2024-01-10 00:00', 'erase at the end of retention', 'janus', '0123456789ab', 'orders', 'open', '–'],
    [''],
    ['As of 2024-02-02T00:00:00.000Z: 1 overdue, 1 fulfilled late, 1 to fall due by 2024-03-03T00:00:00.000Z.'],
  ]);
  const columns = table.slice(0, 4).map((line) => line.indexOf(line.includes('state') ? 'controller' : 'janus'));
  expect(new Set(columns).size).toBe(1);
});

test('nothing to list is said too', () => {
  expect(tableOf([], at('2024-02-02T00:00:00Z'), at('2024-03-03T00:00:00Z'))).toEqual([
    'As of 2024-02-02T00:00:00.000Z: 0 overdue, 0 fulfilled late, 0 to fall due by 2024-03-03T00:00:00.000Z.',
  ]);
});

test('periods are those of the calendar', () => {
  expect(periodAfter(at('2024-01-31T10:00:00Z'), 'P1M')).toBe(at('2024-02-29T10:00:00Z'));
  expect(periodAfter(at('2024-01-31T10:00:00Z'), 'PT0S')).toBe(at('2024-01-31T10:00:00Z'));
  for (const wrong of ['30', '-P1D', '', 'P1000000Y']) {
    expect(() => periodAfter(at('2024-01-31T10:00:00Z'), wrong)).toThrow(/--upcoming `.*` is no period of time/);
  }
});
