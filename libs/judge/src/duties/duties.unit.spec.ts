import { describe, expect, test } from '@jest/globals';
import type { StreamEvent } from '#libs/events';
import { SubjectFacts, factOf, judgeDuties, useOf } from '#libs/judge';
import type { Registers } from '#libs/register';
import { acme, mail, order, right } from '../../../../test/support/acme.js';

function sweep(at: string, events: readonly StreamEvent[], registers: Registers = acme()) {
  const register = registers.inForce('acme', Date.parse(at));
  if (register === undefined) return [];
  const facts = SubjectFacts.from(events.flatMap((event) => factOf(event) ?? []));
  return judgeDuties({ register, facts, uses: events.flatMap((event) => useOf(event) ?? []), at: Date.parse(at) });
}

/** What is overdue at a time: `duty purpose-or-request`. */
function overdue(at: string, ...events: StreamEvent[]): string[] {
  return sweep(at, events).map((found) => `${found.duty} ${found.purpose ?? found.requestId}`);
}

describe('request-overdue', () => {
  const received = right('2023-01-31T12:00:00Z', 'request_received', { requestId: 'r' });
  const answered = (at: string, requestId = 'r') => right(at, 'request_answered', { requestId });

  test('begins after the due instant', () => {
    expect(overdue('2023-02-28T12:00:00.000Z', received)).toEqual([]);
    expect(overdue('2023-02-28T12:00:00.001Z', received)).toEqual(['request-overdue r']);
  });

  test('answered in time, late, or another request', () => {
    expect(overdue('2024-01-01T00:00:00Z', received, answered('2023-02-28T12:00:00Z'))).toEqual([]);
    expect(overdue('2024-01-01T00:00:00Z', received, answered('2023-02-10T00:00:00Z', 'other'))).toEqual([
      'request-overdue r',
    ]);
    const [late] = sweep('2024-01-01T00:00:00Z', [received, answered('2023-03-02T00:00:00Z')]);
    expect(late?.fulfilledAt).toBe(Date.parse('2023-03-02T00:00:00Z'));
    expect(late?.finding.reasons[0]?.message).toContain('answered late, on 2023-03-02');
  });

  test('what happens after the sweep is not known to it', () => {
    expect(overdue('2023-02-01T00:00:00Z', received)).toEqual([]);
    expect(overdue('2023-03-01T00:00:00Z', received, answered('2023-03-02T00:00:00Z'))).toEqual(['request-overdue r']);
  });

  test('a reminder is the same request', () => {
    const reminder = right('2023-02-20T00:00:00Z', 'request_received', { requestId: 'r' });
    expect(overdue('2023-03-01T00:00:00Z', received, reminder)).toEqual(['request-overdue r']);
    expect(overdue('2024-01-01T00:00:00Z', received, reminder, answered('2023-02-21T00:00:00Z'))).toEqual([]);
  });

  test('without an id it is the same request until one is answered', () => {
    const [asked, reminded, again] = ['2023-01-01', '2023-01-10', '2023-06-01'].map((day) =>
      right(`${day}T00:00:00Z`, 'request_received', { requestId: null }),
    ) as [StreamEvent, StreamEvent, StreamEvent];
    const reply = right('2023-01-15T00:00:00Z', 'request_answered', { requestId: null });
    expect(overdue('2024-01-01T00:00:00Z', asked, reminded, reply)).toEqual([]);
    expect(overdue('2024-01-01T00:00:00Z', asked, reminded, reply, again)).toEqual(['request-overdue null']);
    const [open] = sweep('2024-01-01T00:00:00Z', [again, asked, reply]);
    expect(open).toMatchObject({ dueAt: Date.parse('2023-07-01T00:00:00Z'), fulfilledAt: null });
    expect(overdue('2024-01-01T00:00:00Z', asked, answered('2023-01-15T00:00:00Z'))).toEqual(['request-overdue null']);
  });

  test('only where the register gives a time', () => {
    const silent = acme();
    const register = silent.inForce('acme', Date.parse('2024-01-01T00:00:00Z'));
    if (register === undefined) throw new Error('no register');
    const facts = SubjectFacts.from([received].flatMap((event) => factOf(event) ?? []));
    const at = Date.parse('2024-01-01T00:00:00Z');
    expect(judgeDuties({ register: { ...register, requests: null }, facts, uses: [], at })).toEqual([]);
  });
});

describe('retention-overdue', () => {
  const letter = mail('2021-01-31T00:00:00Z', { legalBasis: 'legitimate_interests', channel: 'post' });
  const erased = (at: string, ...purposes: string[]) => right(at, 'data_erased', { purposes });

  test('from collection, or from the event where no collection is stated', () => {
    expect(overdue('2021-04-30T00:00:00.000Z', letter)).toEqual([]);
    expect(overdue('2021-04-30T00:00:00.001Z', letter)).toEqual(['retention-overdue news']);
    const collected = mail('2021-01-31T00:00:00Z', { collectedAt: Date.parse('2021-01-01T00:00:00Z') });
    expect(overdue('2021-04-02T00:00:00Z', collected)).toEqual(['retention-overdue news']);
  });

  test('an erasure of the purpose or of all covers what was collected before it', () => {
    expect(overdue('2022-01-01T00:00:00Z', letter, erased('2021-04-30T00:00:00Z', 'news'))).toEqual([]);
    expect(overdue('2022-01-01T00:00:00Z', letter, erased('2021-04-01T00:00:00Z'))).toEqual([]);
    expect(overdue('2022-01-01T00:00:00Z', letter, erased('2021-04-01T00:00:00Z', 'orders'))).toEqual([
      'retention-overdue news',
    ]);
    expect(overdue('2022-01-01T00:00:00Z', letter, erased('2021-01-30T00:00:00Z'))).toEqual(['retention-overdue news']);
    expect(overdue('2022-01-01T00:00:00Z', letter, right('2021-04-01T00:00:00Z', 'data_anonymised'))).toEqual([]);
  });

  test('erased late stays a violation and says so', () => {
    const [late] = sweep('2022-01-01T00:00:00Z', [letter, erased('2021-05-01T00:00:00Z')]);
    expect(late?.finding).toMatchObject({ verdict: 'violation' });
    expect(late?.finding.reasons[0]?.message).toContain('late, on 2021-05-01');
  });

  test("from the contract's end, which has not come while a contract or dispute is open", () => {
    const placed = order('2021-01-01T00:00:00Z', { action: 'placed' });
    const cancelled = order('2021-02-01T00:00:00Z', { action: 'cancelled' });
    const opened = order('2021-03-01T00:00:00Z', { action: 'dispute_opened' });
    const closed = order('2021-12-31T00:00:00Z', { action: 'dispute_closed' });
    expect(overdue('2029-01-01T00:00:00Z', placed)).toEqual([]);
    expect(overdue('2021-08-01T00:00:00Z', placed, cancelled)).toEqual([]);
    expect(overdue('2021-08-01T00:00:00.001Z', placed, cancelled)).toEqual(['retention-overdue orders']);
    expect(overdue('2021-12-01T00:00:00Z', placed, cancelled, opened)).toEqual([]);
    expect(overdue('2022-06-30T00:00:00Z', placed, cancelled, opened, closed)).toEqual([]);
    expect(overdue('2022-06-30T00:00:00.001Z', placed, cancelled, opened, closed)).toEqual([
      'retention-overdue orders',
    ]);
  });

  test('judged by what is known at the time: with a new contract the period has not begun again', () => {
    const first = order('2021-01-01T00:00:00Z', { action: 'placed' });
    const ended = order('2021-02-01T00:00:00Z', { action: 'cancelled' });
    const again = order('2021-09-01T00:00:00Z', { action: 'placed', orderId: 'o-2' });
    expect(overdue('2021-08-31T00:00:00Z', first, ended, again)).toEqual(['retention-overdue orders']);
    expect(overdue('2021-09-01T00:00:00Z', first, ended, again)).toEqual([]);
  });

  test('data collected after the period of a contract long over is overdue at once', () => {
    const ended = [
      order('2021-01-01T00:00:00Z', { action: 'placed' }),
      order('2021-02-01T00:00:00Z', { action: 'cancelled' }),
    ];
    const later = order('2023-01-01T00:00:00Z', { action: 'account_updated' });
    const all = right('2021-07-01T00:00:00Z', 'data_erased');
    expect(overdue('2023-01-02T00:00:00Z', ...ended, all)).toEqual([]);
    expect(overdue('2023-01-02T00:00:00Z', ...ended, all, later)).toEqual(['retention-overdue orders']);
  });

  test('one who orders in time becomes a customer, with the longer period', () => {
    const placed = order('2021-04-01T00:00:00Z', { action: 'placed' });
    expect(overdue('2022-01-01T00:00:00Z', letter, placed)).toEqual([]);
  });

  test('one finding for each purpose, and data seen before the register began counts', () => {
    const early = mail('2019-06-01T00:00:00Z');
    expect(overdue('2020-06-01T00:00:00Z', early, early)).toEqual(['retention-overdue news']);
  });
});

describe('erasure-overdue', () => {
  const use = (at: string) =>
    mail(at, { purpose: 'offers', occurredAt: Date.parse(at), channel: 'email', personalised: false });
  const act = (at: string, action: Parameters<typeof right>[1], ...purposes: string[]) =>
    right(at, action, { purposes });
  const seen = use('2021-01-01T00:00:00Z');
  const withdrawn = act('2021-02-01T00:00:00Z', 'consent_withdrawn', 'offers');

  test('begins after the due instant, where processing on consent was seen before', () => {
    expect(overdue('2021-02-15T00:00:00.000Z', seen, withdrawn)).toEqual([]);
    expect(overdue('2021-02-15T00:00:00.001Z', seen, withdrawn)).toEqual(['erasure-overdue offers']);
    expect(overdue('2022-01-01T00:00:00Z', use('2021-02-02T00:00:00Z'), withdrawn)).toEqual([]);
    const other = mail('2021-01-01T00:00:00Z', {
      purpose: 'offers',
      legalBasis: 'legitimate_interests',
      channel: 'post',
    });
    expect(overdue('2022-01-01T00:00:00Z', other, withdrawn)).toEqual([]);
  });

  test('erasing or anonymising in time counts, for the purpose or all', () => {
    expect(overdue('2022-01-01T00:00:00Z', seen, withdrawn, act('2021-02-15T00:00:00Z', 'data_erased'))).toEqual([]);
    expect(
      overdue('2022-01-01T00:00:00Z', seen, withdrawn, act('2021-02-15T00:00:00Z', 'data_anonymised', 'offers')),
    ).toEqual([]);
    expect(
      overdue('2022-01-01T00:00:00Z', seen, withdrawn, act('2021-02-10T00:00:00Z', 'data_erased', 'news')),
    ).toEqual(['erasure-overdue offers']);
    expect(overdue('2022-01-01T00:00:00Z', seen, withdrawn, act('2021-02-16T00:00:00Z', 'data_erased'))).toEqual([
      'erasure-overdue offers',
    ]);
  });

  test('consent given again within the time cancels it', () => {
    expect(
      overdue('2022-01-01T00:00:00Z', seen, withdrawn, act('2021-02-14T00:00:00Z', 'consent_given', 'offers')),
    ).toEqual([]);
    expect(
      overdue('2022-01-01T00:00:00Z', seen, withdrawn, act('2021-02-14T00:00:00Z', 'consent_given', 'news')),
    ).toEqual(['erasure-overdue offers']);
    expect(
      overdue('2022-01-01T00:00:00Z', seen, withdrawn, act('2021-02-16T00:00:00Z', 'consent_given', 'offers')),
    ).toEqual(['erasure-overdue offers']);
  });

  test('a second withdrawal with nothing processed since the last erasure starts no new duty', () => {
    const erased = act('2021-02-10T00:00:00Z', 'data_erased');
    const again = act('2021-03-01T00:00:00Z', 'consent_withdrawn');
    expect(overdue('2022-01-01T00:00:00Z', seen, withdrawn, erased, again)).toEqual([]);
    expect(overdue('2022-01-01T00:00:00Z', seen, withdrawn, erased, use('2021-02-20T00:00:00Z'), again)).toEqual([
      'erasure-overdue offers',
    ]);
  });

  test('a gap where the time is an assumption', () => {
    const assumed = acme({ erasureOnWithdrawal: { clause: 'assumed', within: 'P14D' } });
    expect(sweep('2022-01-01T00:00:00Z', [seen, withdrawn]).map((d) => d.finding.verdict)).toEqual(['violation']);
    const [gap] = sweep('2022-01-01T00:00:00Z', [seen, withdrawn], assumed);
    expect(gap?.finding).toMatchObject({ verdict: 'gap', assumptions: ['assumed'] });
  });
});
