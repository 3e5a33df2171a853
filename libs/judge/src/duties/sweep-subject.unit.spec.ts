import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StreamEvent } from '#libs/events';
import { SWEEP_LIMIT, SubjectFacts, dutyText, factOf, judgeDuties, overdueByNow } from '#libs/judge';
import { standingDuties, sweepSubject, useOf } from '#libs/judge';
import type { DutyRecord, Finding, SubjectSweep, Swept } from '#libs/judge';
import { Registers, compileRegister } from '#libs/register';
import { ACME, acme, mail, order, right } from '../../../../test/support/acme.js';
import { histories, instants, iso, shuffle } from '../../../../test/support/histories.js';

const times = { erasureOnWithdrawal: { clause: 'times', within: 'P1M' } };
const registers = acme(times);
/** The same, with shorter times from September on. */
const versions = new Registers([
  compileRegister({ ...ACME, ...times }),
  compileRegister({
    ...ACME,
    version: 2,
    inForce: { from: '2021-09-01', clause: 'in-force' },
    requests: { clause: 'times', within: 'P14D' },
    erasureOnWithdrawal: { clause: 'times', within: 'P3D' },
  }),
]);

const identity = ({ duty, purpose, requestId }: Pick<DutyRecord, 'duty' | 'purpose' | 'requestId'>): string =>
  [duty, purpose, requestId].join();

/** A subject whose events come bit by bit, and what its sweeps say. */
class Subject {
  readonly events: StreamEvent[] = [];
  readonly facts = new SubjectFacts();
  records: DutyRecord[] = [];
  /** The last finding of each duty. */
  readonly findings = new Map<string, Finding>();

  constructor(private readonly known: Registers = registers) {}

  add(...events: readonly StreamEvent[]): void {
    this.events.push(...events);
    for (const event of events) for (const fact of [factOf(event)]) if (fact !== null) this.facts.add(fact);
  }

  look(at: number): Swept {
    return sweepSubject(this.asked(at));
  }

  /** What is to stand in the end by `standingDuties`, in the words of {@link standing}; and which of it does already. */
  expected(at: number): { readonly standing: string[]; readonly recorded: number } {
    const duties = standingDuties(this.asked(at));
    const standing = duties.map(({ finding }) => `${identity(finding)}: ${dutyText(finding)}`).sort();
    return { standing, recorded: duties.filter(({ record }) => record !== null).length };
  }

  private asked(at: number): SubjectSweep {
    return {
      registers: this.known,
      controller: 'acme',
      facts: this.facts,
      uses: this.events.flatMap((event) => useOf(event) ?? []),
      recorded: this.records,
      at,
      resolve: (id) => [...this.known].find((register) => register.id === id),
      digest: (text) => text,
    };
  }

  sweep(at: number): Swept {
    const swept = this.look(at);
    for (const found of swept.fresh) {
      expect(this.findings.has(identity(found))).toBe(false);
      this.findings.set(identity(found), found.finding);
      const { duty, purpose, requestId, dueAt, finding } = found;
      const { length } = this.records;
      const record = { duty, purpose, requestId, dueAt, register: finding.register ?? '', block: 0, index: length };
      this.records.push({ ...record, said: dutyText(found) });
    }
    for (const { record, finding, dueAt, said } of swept.amended) {
      expect(this.records).toContain(record);
      expect(dueAt).toBe(record.dueAt);
      this.findings.set(identity(record), finding);
      this.records = this.records.map((each) => (each === record ? { ...record, said } : each));
    }
    return swept;
  }

  /** What stands in the end, but for what was excused. */
  standing(): string[] {
    const standing = this.records.filter((record) => this.findings.get(identity(record))?.verdict !== 'compliant');
    return standing.map((record) => `${identity(record)}: ${record.said}`).sort();
  }
}

const END = Date.UTC(2024, 0, 1);
const sweepTimes = fc.array(
  fc.tuple(instants, fc.nat(60)).map(([at, days]) => at + days * 86_400_000 + 1),
  { maxLength: 6 },
);

describe('sweeping', () => {
  test('evidence in any order and sweeps at any times end in the same findings', () => {
    fc.assert(
      fc.property(histories, fc.integer(), sweepTimes, fc.array(fc.nat(6)), (events, seed, sweeps, cuts) => {
        const often = new Subject();
        const left = shuffle(events, seed);
        for (const [i, at] of sweeps.toSorted((a, b) => a - b).entries()) {
          often.add(...left.splice(0, cuts[i] ?? 3));
          often.sweep(at);
        }
        often.add(...left);
        const expected = often.expected(END);
        expect(expected.recorded).toBeLessThanOrEqual(often.records.length);
        often.sweep(END);
        expect(often.standing()).toEqual(expected.standing);
        expect(often.expected(END).recorded).toBe(expected.standing.length);
        const once = new Subject();
        once.add(...events);
        once.sweep(END);
        expect(often.standing()).toEqual(once.standing());
      }),
      { numRuns: 500 },
    );
  });

  test('nor does it matter how often is swept where registers change, if evidence comes in time', () => {
    fc.assert(
      fc.property(histories, sweepTimes, (events, sweeps) => {
        const inOrder = events.toSorted((a, b) => a.event.occurredAt - b.event.occurredAt);
        const often = new Subject(versions);
        for (const at of sweeps.toSorted((a, b) => a - b)) {
          while (inOrder[0] !== undefined && inOrder[0].event.occurredAt <= at) often.add(...inOrder.splice(0, 1));
          often.sweep(at);
        }
        often.add(...inOrder);
        often.sweep(END);
        const once = new Subject(versions);
        once.add(...events);
        once.sweep(END);
        expect(often.standing()).toEqual(once.standing());
      }),
      { numRuns: 500 },
    );
  });

  test('says nothing again, nor before the instant that it names', () => {
    fc.assert(
      fc.property(histories, instants, fc.nat(800), fc.nat(), (events, first, days, n) => {
        const subject = new Subject(versions);
        const half = n % (events.length + 1);
        subject.add(...events.slice(0, half));
        subject.sweep(first + 1);
        subject.add(...events.slice(half));
        const { next } = subject.sweep(first + 2);
        expect(subject.look(first + 2)).toMatchObject({ fresh: [], amended: [], next });
        const later = first + 2 + days * 86_400_000;
        if (next !== null) expect(next).toBeGreaterThan(first + 2);
        const at = next === null ? later : Math.min(later, next - 1);
        expect(subject.look(at)).toMatchObject({ fresh: [], amended: [] });
      }),
      { numRuns: 500 },
    );
  });

  test('finds at least what is overdue at the time of the sweep', () => {
    fc.assert(
      fc.property(histories, instants, fc.nat(800), (events, first, days) => {
        const at = first + days * 86_400_000 + 1;
        const facts = SubjectFacts.from(events.flatMap((event) => factOf(event) ?? []));
        const uses = events.flatMap((event) => useOf(event) ?? []);
        const register = versions.inForce('acme', at);
        if (register === undefined) throw new Error('no register');
        const found = overdueByNow({ registers: versions, controller: 'acme', facts, uses, at }).map(identity);
        expect(found).toEqual(expect.arrayContaining(judgeDuties({ register, facts, uses, at }).map(identity)));
      }),
      { numRuns: 500 },
    );
  });
});

const at = (time: string): number => Date.parse(time);
const request = right('2021-01-31T12:00:00Z', 'request_received', { requestId: 'r' });

describe('a request', () => {
  test('is found a millisecond after it was due, which the sweep before announces', () => {
    const subject = new Subject();
    subject.add(request);
    const due = at('2021-02-28T12:00:00Z');
    expect(subject.sweep(due)).toEqual({ fresh: [], amended: [], next: due + 1 });
    expect(subject.sweep(due + 1)).toMatchObject({ fresh: [{ dueAt: due, fulfilledAt: null }], next: null });
  });

  test('answered late stays a violation, and an amendment says so, once', () => {
    const subject = new Subject();
    subject.add(request);
    subject.sweep(at('2021-03-05T00:00:00Z'));
    subject.add(right('2021-03-10T00:00:00Z', 'request_answered', { requestId: 'r' }));
    const { amended } = subject.sweep(at('2021-03-11T00:00:00Z'));
    expect(amended).toMatchObject([{ finding: { verdict: 'violation' }, dueAt: at('2021-02-28T12:00:00Z') }]);
    expect(amended[0]?.finding.reasons[0]?.message).toContain('answered late, on 2021-03-10');
    expect(subject.sweep(at('2021-05-11T00:00:00Z')).amended).toEqual([]);
  });

  test('answered in time, as becomes known late, is excused', () => {
    const subject = new Subject();
    subject.add(request);
    subject.sweep(at('2021-03-05T00:00:00Z'));
    subject.add(right('2021-02-10T00:00:00Z', 'request_answered', { requestId: 'r' }));
    const { amended } = subject.sweep(at('2021-03-06T00:00:00Z'));
    expect(amended).toMatchObject([{ finding: { verdict: 'compliant', reasons: [], assumptions: [] } }]);
    expect(subject.sweep(at('2021-03-07T00:00:00Z'))).toEqual({ fresh: [], amended: [], next: null });
  });

  test('is judged again by the register it was found by, and not at all where that is not to be had', () => {
    const subject = new Subject(versions);
    subject.add(right('2021-08-01T00:00:00Z', 'request_received', { requestId: 'r' }));
    // Due by version 1 only when version 2 is in force, which found it overdue on its first day.
    const [fresh] = subject.sweep(at('2021-09-01T00:00:00Z')).fresh;
    expect(fresh).toMatchObject({ dueAt: at('2021-08-15T00:00:00Z') });
    expect(fresh?.finding.register).toBe(versions.inForce('acme', at('2021-09-01T00:00:00Z'))?.id);
    subject.add(right('2021-08-20T00:00:00Z', 'request_answered', { requestId: 'r' }));
    const [amended] = subject.look(at('2021-09-02T00:00:00Z')).amended;
    expect(amended?.finding).toMatchObject({ verdict: 'violation', register: fresh?.finding.register });
    subject.records = subject.records.map((record) => ({ ...record, register: '0'.repeat(64) }));
    expect(subject.look(at('2021-09-02T00:00:00Z')).amended).toEqual([]);
  });
});

test('a version declared afterwards for a time gone by changes nothing that was found, and finds nothing twice', () => {
  const subject = new Subject();
  subject.add(right('2021-08-10T00:00:00Z', 'request_received', { requestId: 'r' }));
  const [fresh] = subject.sweep(at('2021-09-20T00:00:00Z')).fresh;
  const late = new Subject(versions);
  late.add(...subject.events);
  late.records = subject.records;
  expect(late.sweep(at('2021-09-21T00:00:00Z'))).toEqual({ fresh: [], amended: [], next: null });
  // It would have been found by the other version.
  const other = new Subject(versions);
  other.add(...subject.events);
  const [found] = other.sweep(at('2021-09-21T00:00:00Z')).fresh;
  expect(found?.finding.register).not.toBe(fresh?.finding.register);
});

describe('retention', () => {
  const ended = [
    order('2021-01-01T00:00:00Z', { action: 'placed' }),
    order('2021-02-01T00:00:00Z', { action: 'cancelled' }),
  ];
  const again = order('2021-09-01T00:00:00Z', { action: 'placed', orderId: 'o-2' });

  test('overdue stays overdue when a new contract puts off the end later, swept in between or not', () => {
    for (const sweeps of [['2021-08-15T00:00:00Z', '2021-10-01T00:00:00Z'], ['2021-10-01T00:00:00Z']]) {
      const subject = new Subject();
      subject.add(...ended);
      if (sweeps.length === 1) subject.add(again);
      subject.sweep(at(sweeps[0] ?? ''));
      subject.add(again);
      for (const time of sweeps) subject.sweep(at(time));
      expect(subject.records).toMatchObject([{ purpose: 'orders', dueAt: at('2021-08-01T00:00:00Z') }]);
      expect([...subject.findings.values()].map(({ verdict }) => verdict)).toEqual(['violation']);
      subject.add(right('2021-11-01T00:00:00Z', 'data_erased'));
      const { amended } = subject.sweep(at('2021-12-01T00:00:00Z'));
      expect(amended[0]?.finding.reasons[0]?.message).toContain('late, on 2021-11-01');
    }
  });

  test('a contract that was in time, as becomes known late, excuses it until its own end', () => {
    const subject = new Subject();
    subject.add(...ended);
    subject.sweep(at('2021-08-15T00:00:00Z'));
    const intime = order('2021-07-15T00:00:00Z', { action: 'placed', orderId: 'o-2' });
    subject.add(intime);
    expect(subject.sweep(at('2021-10-01T00:00:00Z'))).toMatchObject({
      amended: [{ finding: { verdict: 'compliant' } }],
    });
    subject.add(order('2021-10-02T00:00:00Z', { action: 'cancelled', orderId: 'o-2' }));
    const { amended, next } = subject.sweep(at('2021-10-03T00:00:00Z'));
    expect(amended).toEqual([]);
    expect(next).toBe(at('2022-04-02T00:00:00Z') + 1);
    expect(subject.sweep(at('2022-05-01T00:00:00Z'))).toMatchObject({
      amended: [{ finding: { verdict: 'violation' } }],
    });
  });
});

test('of data due at the same time, the one that is still there is told of, whatever came first', () => {
  const ended = [
    order('2021-01-01T00:00:00Z', { action: 'placed' }),
    order('2021-02-01T00:00:00Z', { action: 'cancelled' }),
    right('2021-10-01T00:00:00Z', 'data_erased'),
  ];
  const later = order('2021-12-01T00:00:00Z');
  const found = (...events: StreamEvent[]) => {
    const subject = new Subject();
    subject.add(...events);
    return subject.sweep(at('2022-01-01T00:00:00Z')).fresh.map(({ fulfilledAt }) => fulfilledAt);
  };
  expect(found(...ended)).toEqual([at('2021-10-01T00:00:00Z')]);
  expect(found(...ended, later)).toEqual([null]);
  expect(found(later, ...ended)).toEqual([null]);
});

describe('a duty broken again after it was fulfilled late', () => {
  const consent = (time: string, action: 'consent_given' | 'consent_withdrawn' | 'data_erased') =>
    right(time, action, { purposes: ['offers'] });
  const use = (time: string) => mail(time, { purpose: 'offers', channel: 'email', personalised: false });
  const first = [
    use('2021-01-01T00:00:00Z'),
    consent('2021-02-01T00:00:00Z', 'consent_withdrawn'),
    consent('2021-04-01T00:00:00Z', 'data_erased'),
  ];
  const second = [
    consent('2021-05-01T00:00:00Z', 'consent_given'),
    use('2021-05-02T00:00:00Z'),
    consent('2021-06-01T00:00:00Z', 'consent_withdrawn'),
  ];
  const erasures = ({ fresh, amended }: Swept) =>
    [...fresh.map(({ duty, finding }) => ({ duty, finding })), ...amended.map(({ record, finding }) => ({ duty: record.duty, finding }))] // prettier-ignore
      .filter(({ duty }) => duty === 'erasure-overdue')
      .map(({ finding }) => finding.reasons[0]?.message);

  test('is told again, in an amendment, when it is due, and when it is fulfilled', () => {
    const subject = new Subject();
    subject.add(...first);
    expect(erasures(subject.sweep(at('2021-04-02T00:00:00Z')))).toEqual([
      expect.stringContaining('late, on 2021-04-01'),
    ]);
    subject.add(...second);
    const { next } = subject.sweep(at('2021-06-02T00:00:00Z'));
    expect(next).toBe(at('2021-07-01T00:00:00Z') + 1);
    expect(erasures(subject.sweep(next ?? 0))).toEqual([expect.stringContaining('withdrawn on 2021-06-01')]);
    expect(subject.records.filter(({ duty }) => duty === 'erasure-overdue')).toHaveLength(1);
    subject.add(consent('2021-08-01T00:00:00Z', 'data_erased'));
    expect(erasures(subject.sweep(at('2021-08-02T00:00:00Z')))).toEqual([
      expect.stringContaining('late, on 2021-08-01'),
    ]);
  });

  test('is open, swept once or often', () => {
    const subject = new Subject();
    subject.add(...first, ...second);
    const { fresh } = subject.sweep(at('2021-12-01T00:00:00Z'));
    expect(fresh.find(({ duty }) => duty === 'erasure-overdue')).toMatchObject({ fulfilledAt: null });
  });

  test('is by the next version of the register where it is due under that', () => {
    const subject = new Subject(versions);
    subject.add(...first);
    subject.sweep(at('2021-08-30T00:00:00Z'));
    const record = subject.records.find(({ duty }) => duty === 'erasure-overdue');
    subject.add(consent('2021-08-30T00:00:00Z', 'consent_given'), use('2021-08-31T00:00:00Z'));
    subject.add(consent('2021-09-02T00:00:00Z', 'consent_withdrawn'));
    const { amended } = subject.sweep(at('2021-09-06T00:00:00Z'));
    const again = amended.find(({ record: { duty } }) => duty === 'erasure-overdue');
    expect(again?.finding).toMatchObject({ verdict: 'violation', register: versions.inForce('acme', at('2021-09-06T00:00:00Z'))?.id }); // prettier-ignore
    expect(again?.record.register).toBe(record?.register);
    expect(again?.record.register).not.toBe(again?.finding.register);
  });
});

test('a sweep as of an earlier time than the one before excuses what is not due yet, and finds it when it is', () => {
  const subject = new Subject();
  subject.add(request);
  const due = at('2021-02-28T12:00:00Z');
  expect(subject.sweep(due + 1_000).fresh).toHaveLength(1);
  expect(subject.sweep(due - 1_000)).toMatchObject({ amended: [{ finding: { verdict: 'compliant' } }], next: due + 1 });
  expect(subject.sweep(due + 1)).toMatchObject({ fresh: [], amended: [{ finding: { verdict: 'violation' } }] });
});

test('one sweep says a limited number of things, and the next the rest', () => {
  const subject = new Subject();
  for (let i = 0; i < SWEEP_LIMIT + 10; i++) {
    subject.add(right('2021-01-01T00:00:00Z', 'request_received', { requestId: `r-${i}` }));
  }
  const time = at('2021-03-01T00:00:00Z');
  const first = subject.sweep(time);
  expect(first.fresh).toHaveLength(SWEEP_LIMIT);
  expect(first.next).toBe(time);
  expect(subject.sweep(time)).toMatchObject({ fresh: { length: 10 }, next: null });
});

test('a subject of whom more is on record than is kept is not swept', () => {
  const subject = new Subject();
  subject.add(request);
  for (let i = 0; i < 6; i++) {
    subject.add(right(iso(at('2021-02-01T00:00:00Z') + i), 'data_erased', { purposes: ['x'.repeat(500_000)] }));
  }
  expect(subject.facts.exceeded).toBe(true);
  expect(subject.sweep(at('2022-01-01T00:00:00Z'))).toEqual({ fresh: [], amended: [], next: null });
});

test('somebody of whom nothing is known, or of an unknown controller, is never due', () => {
  expect(new Subject(versions).sweep(at('2021-01-01T00:00:00Z')).next).toBeNull();
  const subject = new Subject(new Registers([]));
  subject.add(mail('2021-01-01T00:00:00Z'), request);
  expect(subject.sweep(at('2022-01-01T00:00:00Z'))).toEqual({ fresh: [], amended: [], next: null });
});
