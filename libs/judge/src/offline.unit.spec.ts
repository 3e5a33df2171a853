import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ORDER_ACTIONS, RIGHTS_ACTIONS, type StreamEvent } from '#libs/events';
import { OfflineAudit, SubjectFacts, factOf, type Fact, type Finding } from '#libs/judge';
import { LAW, acme, mail, order, right, sharing } from '../../../test/support/acme.js';

const registers = acme({ registrationConsent: { clause: 'consent', except: ['offers'] } });

/** A few instants only, so that ties are common. */
const instants = fc.integer({ min: 0, max: 12 }).map((n) => new Date(Date.UTC(2021, n, 1)).toISOString());
const orderIds = fc.constantFrom('o-1', 'o-2', null);
const purposes = fc.subarray(['news', 'offers', 'orders', 'research']);

const orders = fc
  .tuple(
    instants,
    fc.constantFrom(...ORDER_ACTIONS),
    orderIds,
    fc.constantFrom('contract', 'legitimate_interests', 'consent'),
  )
  .map(([at, action, orderId, legalBasis]) => order(at, { action, orderId, legalBasis: legalBasis as 'contract' }));
const mails = fc
  .tuple(
    instants,
    fc.constantFrom('news', 'offers', 'research'),
    fc.constantFrom('consent', 'legitimate_interests'),
    fc.constantFrom('email', 'post'),
    fc.option(fc.constant('x')),
  )
  .map(([at, purpose, legalBasis, channel, justification]) =>
    mail(at, {
      purpose,
      legalBasis: legalBasis as 'consent',
      channel: channel as 'email',
      justification,
      collectedAt: Date.UTC(2020, 11, 1),
    }),
  );
const rights = fc
  .tuple(instants, fc.constantFrom(...RIGHTS_ACTIONS), purposes)
  .map(([at, action, named]) => right(at, action, { purposes: named, requestId: 'r' }));
const shared = instants.map((at) => sharing(at, { purpose: 'news', legalBasis: 'consent' }));

const histories = fc
  .array(fc.oneof(orders, mails, rights, shared), { minLength: 1, maxLength: 14 })
  .map((events) => events.map((each, i) => ({ ...each, event: { ...each.event, eventId: `e-${i}` } }) as StreamEvent));

/** The last finding on each event after all have arrived, by event id. */
function final(events: readonly StreamEvent[]): { findings: Record<string, Finding>; audit: OfflineAudit<string> } {
  const audit = new OfflineAudit<string>(registers, LAW);
  const findings: Record<string, Finding> = {};
  for (const event of events) {
    const { finding, amendments } = audit.accept(event.event.eventId, event, null);
    findings[event.event.eventId] = finding;
    for (const amendment of amendments) findings[amendment.ref] = amendment.finding;
  }
  return { findings, audit };
}

describe('in any order of arrival', () => {
  test('the findings are the same in the end', () => {
    fc.assert(
      fc.property(histories, fc.integer(), (events, seed) => {
        expect(final(shuffle(events, seed)).findings).toEqual(final(events).findings);
      }),
      { numRuns: 500 },
    );
  });

  test('the duties are the same', () => {
    const at = Date.UTC(2022, 5, 1);
    fc.assert(
      fc.property(histories, fc.integer(), (events, seed) => {
        const duties = (list: readonly StreamEvent[]) => final(list).audit.duties(at);
        const byText = (list: ReturnType<typeof duties>) => list.map((d) => JSON.stringify(d)).sort();
        expect(byText(duties(shuffle(events, seed)))).toEqual(byText(duties(events)));
      }),
      { numRuns: 300 },
    );
  });

  test('an event that arrives twice changes nothing for the others', () => {
    fc.assert(
      fc.property(histories, fc.nat(), (events, n) => {
        const again = events[n % events.length];
        if (again === undefined) return;
        expect(final([...events, again]).findings).toEqual(final(events).findings);
      }),
    );
  });
});

test('an amendment is made only where the finding changes, and names the one it amends', () => {
  const audit = new OfflineAudit<number>(registers, LAW);
  const news = mail('2021-02-01T00:00:00Z');
  expect(audit.accept(1, news, null).finding.verdict).toBe('violation');
  const later = right('2021-02-02T00:00:00Z', 'consent_given', { purposes: ['news'] });
  expect(audit.accept(2, later, null).amendments).toEqual([]);
  const earlier = right('2021-01-02T00:00:00Z', 'consent_given', { purposes: ['news'] });
  const { amendments } = audit.accept(3, earlier, null);
  expect(amendments.map((a) => [a.ref, a.finding.verdict])).toEqual([[1, 'compliant']]);
  expect(audit.accept(4, earlier, null).amendments).toEqual([]);
});

test('the same subject id under another controller is somebody else', () => {
  const audit = new OfflineAudit<number>(registers, LAW);
  audit.accept(1, right('2021-01-02T00:00:00Z', 'consent_given', { purposes: ['news'], controller: 'other' }), null);
  expect(audit.accept(2, mail('2021-02-01T00:00:00Z'), null).finding.verdict).toBe('violation');
});

function shuffle<T>(items: readonly T[], seed: number): T[] {
  let state = seed >>> 0 || 1;
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  return items
    .map((item) => ({ item, key: next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

test('facts are a set: what is given out again is what was put in, once', () => {
  fc.assert(
    fc.property(histories, (events) => {
      const facts = events.flatMap((event) => factOf(event) ?? []);
      const known = SubjectFacts.from([...facts, ...facts]);
      const text = (list: Iterable<Fact>) => [...new Set([...list].map((fact) => JSON.stringify(fact)))].sort();
      expect(text(known.all())).toEqual(text(facts));
      expect(known.size).toBe(text(facts).length);
      expect([...known.all()]).toHaveLength(known.size);
    }),
  );
});
