import { describe, expect, test } from '@jest/globals';
import { SubjectFacts, judge, unreadable } from '#libs/judge';
import { LAW, acme, judgeLast, mail, order, right, rules, sharing } from '../../../../test/support/acme.js';

const consent = right('2021-01-01T00:00:00Z', 'consent_given', { purposes: ['news'] });
const placed = order('2021-01-01T00:00:00Z', { action: 'placed' });
const recipient = { name: 'Host', role: 'processor', sector: 'hosting', country: 'NO' } as const;

describe('the register', () => {
  test('controller-unknown', () => {
    const finding = judgeLast([order('2021-02-01T00:00:00Z', { controller: 'nobody' })]);
    expect(finding).toMatchObject({
      verdict: 'gap',
      register: null,
      reasons: [{ rule: 'controller-unknown', clause: null }],
    });
  });

  test('controller-unknown concerns rights events too', () => {
    expect(rules(right('2021-02-01T00:00:00Z', 'data_erased', { controller: 'nobody' }))).toEqual([
      'controller-unknown',
    ]);
  });

  test('register-not-in-force', () => {
    const finding = judgeLast([order('2019-12-31T23:59:59.999Z')]);
    expect(finding).toMatchObject({ verdict: 'gap', reasons: [{ rule: 'register-not-in-force', clause: 'in-force' }] });
    expect(rules(order('2020-01-01T00:00:00Z'))).toEqual([]);
  });

  test('clock-implausible', () => {
    const event = order('2021-02-01T00:05:00Z');
    const at = (timestamp: string): string[] =>
      judge({
        event,
        timestamp: Date.parse(timestamp),
        registers: acme(),
        facts: new SubjectFacts(),
        law: LAW,
      }).reasons.map((r) => r.rule);
    expect(at('2021-02-01T00:00:00Z')).toEqual([]);
    expect(at('2021-01-31T23:59:59.999Z')).toEqual(['clock-implausible']);
  });

  test('purpose-undeclared, with the purpose-dependent rules skipped', () => {
    const event = order('2021-02-01T00:00:00Z', {
      purpose: 'sport',
      legalBasis: 'consent',
      dataCategories: ['location'],
    });
    expect(rules(event)).toEqual(['purpose-undeclared']);
  });

  test('purpose-undeclared leaves category-excluded, restriction and transfer to be judged', () => {
    const event = sharing('2021-02-01T00:00:00Z', {
      purpose: 'sport',
      dataCategories: ['payment-card'],
      recipient: { ...recipient, country: 'IN' },
    });
    const restricted = right('2021-01-01T00:00:00Z', 'restriction_started');
    expect(rules(restricted, event)).toEqual([
      'purpose-undeclared',
      'category-excluded',
      'restriction-ignored',
      'transfer-not-permitted',
    ]);
  });

  test('event-unreadable', () => {
    expect(unreadable('broken')).toMatchObject({ verdict: 'unreadable', reasons: [{ rule: 'event-unreadable' }] });
  });
});

describe('the basis', () => {
  test('basis-undeclared', () => {
    expect(rules(order('2021-02-01T00:00:00Z', { legalBasis: 'vital_interests' }))).toEqual(['basis-undeclared']);
  });

  test('basis-not-stated', () => {
    const claims = (legalBasis: 'contract' | 'legitimate_interests') =>
      judgeLast([order('2021-02-01T00:00:00Z', { purpose: 'research', legalBasis })]);
    expect(claims('contract')).toMatchObject({
      verdict: 'gap',
      reasons: [{ rule: 'basis-not-stated', clause: 'assumed' }],
    });
    expect(claims('legitimate_interests')).toMatchObject({ verdict: 'compliant', assumptions: ['assumed'] });
  });

  test('basis-not-applicable: no dispute open', () => {
    const event = (at: string) => order(at, { legalBasis: 'legitimate_interests' });
    const opened = order('2021-02-01T00:00:00Z', { action: 'dispute_opened' });
    const closed = order('2021-03-01T00:00:00Z', { action: 'dispute_closed' });
    expect(rules(event('2021-02-10T00:00:00Z'))).toEqual(['basis-not-applicable']);
    expect(rules(opened, closed, event('2021-02-01T00:00:00Z'))).toEqual([]);
    expect(rules(opened, closed, event('2021-02-28T23:59:59.999Z'))).toEqual([]);
    expect(rules(opened, closed, event('2021-03-01T00:00:00Z'))).toEqual(['basis-not-applicable']);
    const another = order('2021-02-05T00:00:00Z', { action: 'dispute_closed', orderId: 'o-2' });
    expect(rules(opened, another, event('2021-02-10T00:00:00Z'))).toEqual([]);
  });

  test('basis-not-applicable: channel and personalisation, both ways round', () => {
    const given = right('2021-01-01T00:00:00Z', 'consent_given', { purposes: ['offers'] });
    const event = (fields: object) => rules(given, mail('2021-02-01T00:00:00Z', { purpose: 'offers', ...fields }));
    expect(event({ legalBasis: 'consent', channel: 'sms' })).toEqual([]);
    expect(event({ legalBasis: 'consent', channel: 'post', personalised: true })).toEqual([]);
    expect(event({ legalBasis: 'consent', channel: 'post' })).toEqual(['basis-not-applicable']);
    expect(event({ legalBasis: 'legitimate_interests', channel: 'phone' })).toEqual([]);
    expect(event({ legalBasis: 'legitimate_interests', channel: 'push' })).toEqual(['basis-not-applicable']);
    expect(event({ legalBasis: 'legitimate_interests', channel: 'post', personalised: true })).toEqual([
      'basis-not-applicable',
    ]);
  });

  test('basis-not-applicable: an event without a channel is not electronic', () => {
    const event = order('2021-02-01T00:00:00Z', { purpose: 'offers', legalBasis: 'legitimate_interests' });
    expect(rules(event)).toEqual([]);
  });

  test('basis-not-applicable: given to an authority only', () => {
    const authority = { ...recipient, role: 'authority', sector: null } as const;
    const event = sharing('2021-02-01T00:00:00Z', { legalBasis: 'public_task', recipient: authority });
    expect(rules(event)).toEqual(['recipient-undeclared']);
    expect(rules(order('2021-02-01T00:00:00Z', { legalBasis: 'public_task' }))).toEqual(['basis-not-applicable']);
  });

  test('relationship-required', () => {
    const news = (at: string, fields = {}) => mail(at, { legalBasis: 'legitimate_interests', ...fields });
    const ended = [
      placed,
      order('2021-01-02T00:00:00Z', { action: 'paid' }),
      order('2021-01-31T10:00:00Z', { action: 'delivered' }),
    ];
    expect(rules(news('2021-02-01T00:00:00Z'))).toEqual(['relationship-required']);
    expect(rules(news('2021-02-01T00:00:00Z', { channel: 'post' }))).toEqual([]);
    expect(rules(placed, news('2025-01-01T00:00:00Z'))).toEqual([]);
    expect(rules(...ended, news('2022-01-31T10:00:00.000Z'))).toEqual([]);
    expect(rules(...ended, news('2022-01-31T10:00:00.001Z'))).toEqual(['relationship-required']);
    expect(rules(placed, news('2020-12-31T00:00:00Z'))).toEqual(['relationship-required']);
  });
});

describe('the categories', () => {
  const uses = (dataCategories: string[], fields = {}) =>
    rules(order('2021-02-01T00:00:00Z', { dataCategories, ...fields }));

  test('category-undeclared, one reason for all of them', () => {
    expect(uses(['name', 'location', 'ip-address', 'location'])).toEqual(['category-undeclared']);
    const { reasons } = judgeLast([order('2021-02-01T00:00:00Z', { dataCategories: ['location', 'ip-address'] })]);
    expect(reasons[0]?.message).toContain('`location`, `ip-address`');
  });

  test('category-excluded replaces category-undeclared', () => {
    expect(uses(['payment-card'])).toEqual(['category-excluded']);
    expect(uses(['payment-card', 'location'])).toEqual(['category-undeclared', 'category-excluded']);
  });

  test('category-condition-unmet: customer type, action, basis', () => {
    expect(uses(['company-details'])).toEqual(['category-condition-unmet']);
    expect(uses(['company-details'], { customerType: 'business' })).toEqual([]);
    expect(uses(['payment-information'])).toEqual(['category-condition-unmet']);
    expect(uses(['payment-information'], { action: 'refunded' })).toEqual([]);
    const cookies = { dataCategories: ['cookie-identifiers'], channel: 'post' as const };
    expect(rules(consent, mail('2021-02-01T00:00:00Z', cookies))).toEqual([]);
    expect(rules(mail('2021-02-01T00:00:00Z', { ...cookies, legalBasis: 'legitimate_interests' }))).toEqual([
      'category-condition-unmet',
    ]);
  });

  test('category-condition-unmet where the kind of event does not carry what the condition is about', () => {
    expect(rules(sharing('2021-02-01T00:00:00Z', { dataCategories: ['company-details'] }))).toEqual([
      'category-condition-unmet',
    ]);
  });

  test('judgement-required', () => {
    expect(uses(['national-id'])).toEqual(['category-condition-unmet']);
    expect(uses(['national-id'], { justification: '  ' })).toEqual(['category-condition-unmet']);
    const finding = judgeLast([
      order('2021-02-01T00:00:00Z', { dataCategories: ['national-id'], justification: 'secret words' }),
    ]);
    expect(finding).toMatchObject({ verdict: 'gap', reasons: [{ rule: 'judgement-required' }] });
    expect(JSON.stringify(finding)).not.toContain('secret words');
  });

  test('judgement-required twice over is one reason', () => {
    const event = order('2021-02-01T00:00:00Z', { dataCategories: ['national-id'], justification: 'x' });
    expect(rules(right('2021-01-01T00:00:00Z', 'restriction_started'), event)).toEqual(['judgement-required']);
  });

  test('a category on an assumption is said to rest on it', () => {
    expect(judgeLast([order('2021-02-01T00:00:00Z', { dataCategories: ['correspondence'] })]).assumptions).toEqual([
      'assumed',
    ]);
  });
});

describe("the person's acts", () => {
  const news = mail('2021-02-01T00:00:00Z');
  const act = (at: string, action: Parameters<typeof right>[1], ...purposes: string[]) =>
    right(at, action, { purposes });

  test('consent-missing', () => {
    expect(rules(news)).toEqual(['consent-missing']);
    expect(rules(consent, news)).toEqual([]);
    expect(rules(act('2021-01-01T00:00:00Z', 'consent_given', 'offers'), news)).toEqual(['consent-missing']);
    expect(rules(act('2021-02-01T00:00:00.001Z', 'consent_given', 'news'), news)).toEqual(['consent-missing']);
    expect(rules(act('2021-02-01T00:00:00Z', 'consent_given', 'news'), news)).toEqual([]);
    expect(rules(act('2021-01-01T00:00:00Z', 'consent_withdrawn', 'news'), news)).toEqual(['consent-missing']);
  });

  test('consent-missing is judged on the claimed basis, declared or not', () => {
    expect(rules(order('2021-02-01T00:00:00Z', { legalBasis: 'consent' }))).toEqual([
      'basis-undeclared',
      'consent-missing',
    ]);
  });

  test('consent-withdrawn', () => {
    const withdrawn = act('2021-01-15T00:00:00Z', 'consent_withdrawn');
    expect(rules(consent, withdrawn, news)).toEqual(['consent-withdrawn']);
    expect(rules(consent, withdrawn, act('2021-01-20T00:00:00Z', 'consent_given', 'news'), news)).toEqual([]);
    expect(rules(consent, act('2021-01-01T00:00:00Z', 'consent_withdrawn', 'news'), news)).toEqual([
      'consent-withdrawn',
    ]);
    expect(rules(consent, act('2021-02-02T00:00:00Z', 'consent_withdrawn'), news)).toEqual([]);
  });

  test('consent-not-specific', () => {
    const blanket = act('2021-01-15T00:00:00Z', 'consent_given');
    expect(rules(blanket)).toEqual(['consent-not-specific']);
    expect(rules(blanket, news)).toEqual(['consent-missing']);
    const registration = acme({ registrationConsent: { clause: 'consent', except: ['offers'] } });
    expect(judgeLast([blanket], registration).reasons).toEqual([]);
    expect(judgeLast([blanket, news], registration).reasons).toEqual([]);
    const offer = mail('2021-02-01T00:00:00Z', { purpose: 'offers' });
    expect(judgeLast([blanket, offer], registration).reasons).toMatchObject([{ rule: 'consent-missing' }]);
  });

  test('rights events that name an unknown purpose cause no finding', () => {
    expect(rules(act('2021-01-15T00:00:00Z', 'consent_given', 'sport'))).toEqual([]);
  });

  test('objection-ignored: direct marketing, whatever the basis and the justification', () => {
    const objected = act('2021-01-15T00:00:00Z', 'objection_raised', 'news');
    expect(rules(consent, objected, news)).toEqual(['objection-ignored']);
    expect(rules(consent, objected, mail('2021-02-01T00:00:00Z', { justification: 'x' }))).toEqual([
      'objection-ignored',
    ]);
    expect(rules(consent, objected, act('2021-01-16T00:00:00Z', 'objection_lifted'), news)).toEqual([]);
    expect(rules(objected, act('2021-01-15T00:00:00Z', 'consent_given', 'news'), news)).toEqual(['objection-ignored']);
  });

  test('objection-ignored: a consent that names the purpose lifts it for good', () => {
    const objected = act('2021-01-10T00:00:00Z', 'objection_raised');
    const again = act('2021-01-15T00:00:00Z', 'consent_given', 'news');
    const withdrawn = act('2021-01-20T00:00:00Z', 'consent_withdrawn', 'news');
    const letter = mail('2021-02-01T00:00:00Z', { legalBasis: 'legitimate_interests', channel: 'post' });
    expect(rules(objected, again, letter)).toEqual([]);
    expect(rules(objected, again, withdrawn, letter)).toEqual([]);
    expect(rules(objected, withdrawn, letter)).toEqual(['objection-ignored']);
  });

  test('objection-ignored and objection-overridden, other purposes', () => {
    const objected = act('2021-01-15T00:00:00Z', 'objection_raised');
    const research = (fields = {}) =>
      rules(
        objected,
        order('2021-02-01T00:00:00Z', { purpose: 'research', legalBasis: 'legitimate_interests', ...fields }),
      );
    expect(research()).toEqual(['objection-ignored']);
    expect(research({ justification: 'x' })).toEqual(['objection-overridden']);
    expect(rules(objected, order('2021-02-01T00:00:00Z'))).toEqual([]);
  });

  test('restriction-ignored', () => {
    const started = act('2021-01-15T00:00:00Z', 'restriction_started', 'orders', 'news');
    const event = (fields = {}) => order('2021-02-01T00:00:00Z', fields);
    expect(rules(started, event())).toEqual(['restriction-ignored']);
    expect(rules(started, event({ justification: 'x' }))).toEqual(['judgement-required']);
    expect(rules(started, consent, news)).toEqual([]);
    expect(rules(started, act('2021-01-16T00:00:00Z', 'restriction_lifted', 'orders'), event())).toEqual([]);
    expect(rules(started, act('2021-01-15T00:00:00Z', 'restriction_lifted'), event())).toEqual(['restriction-ignored']);
  });
});

describe('retention-exceeded', () => {
  const letter = (collected: string | null, at: string, fields = {}) =>
    mail(at, {
      legalBasis: 'legitimate_interests',
      channel: 'post',
      collectedAt: collected === null ? null : Date.parse(collected),
      ...fields,
    });

  test('for those who never were customers, from collection', () => {
    expect(rules(letter('2021-01-31T00:00:00Z', '2021-04-30T00:00:00Z'))).toEqual([]);
    expect(rules(letter('2021-01-31T00:00:00Z', '2021-04-30T00:00:00.001Z'))).toEqual(['retention-exceeded']);
    expect(rules(letter('2021-01-31T00:00:00Z', '2023-01-01T00:00:00Z', { justification: 'x' }))).toEqual([
      'retention-exceeded',
    ]);
    expect(rules(letter(null, '2029-01-01T00:00:00Z'))).toEqual([]);
  });

  test('for customers, from the end of the last contract or dispute', () => {
    const cancelled = order('2021-02-01T00:00:00Z', { action: 'cancelled' });
    const late = letter('2018-01-01T00:00:00Z', '2022-02-01T00:00:00.001Z');
    expect(rules(placed, late)).toEqual([]);
    expect(rules(placed, cancelled, letter('2018-01-01T00:00:00Z', '2022-02-01T00:00:00Z'))).toEqual([]);
    expect(rules(placed, cancelled, late)).toEqual(['retention-exceeded']);
    const opened = order('2021-03-01T00:00:00Z', { action: 'dispute_opened' });
    expect(rules(placed, cancelled, opened, late)).toEqual([]);
    const closed = order('2021-04-01T00:00:00Z', { action: 'dispute_closed' });
    expect(rules(placed, cancelled, opened, closed, late)).toEqual([]);
    expect(
      rules(placed, cancelled, opened, closed, letter('2021-12-01T00:00:00Z', '2022-04-01T00:00:00.001Z')),
    ).toEqual(['retention-exceeded']);
  });

  test('where no order was ever seen and the register gives customers alone a period', () => {
    const event = order('2029-02-01T00:00:00Z', { collectedAt: Date.parse('2021-01-01T00:00:00Z') });
    expect(rules(event)).toEqual([]);
  });

  test('from the end of the calendar year', () => {
    const event = (at: string) =>
      rules(
        order(at, {
          purpose: 'research',
          legalBasis: 'legitimate_interests',
          collectedAt: Date.parse('2021-05-05T00:00:00Z'),
        }),
      );
    expect(event('2023-01-01T00:00:00.000Z')).toEqual([]);
    expect(event('2023-01-01T00:00:00.001Z')).toEqual(['retention-exceeded']);
  });

  test('of a category that is used, not stored', () => {
    const profile = (at: string, ...dataCategories: string[]) =>
      rules(letter('2021-02-01T00:00:00Z', at, { dataCategories }));
    expect(profile('2021-02-02T00:00:00.000Z', 'social-profile')).toEqual([]);
    expect(profile('2021-02-02T00:00:00.001Z', 'social-profile')).toEqual(['retention-exceeded']);
    expect(profile('2021-02-02T00:00:00.001Z', 'social-profile', 'name')).toEqual([]);
  });
});

describe('sharing', () => {
  const shared = (fields: object, to: object = {}) =>
    rules(consent, sharing('2021-02-01T00:00:00Z', { ...fields, recipient: { ...recipient, ...to } }));
  const news = { purpose: 'news', legalBasis: 'consent' };

  test('recipient-undeclared', () => {
    expect(shared({}, { role: 'controller' })).toEqual(['recipient-undeclared']);
    expect(shared({}, { sector: 'transport' })).toEqual(['recipient-undeclared']);
    expect(shared({}, { sector: null })).toEqual([]);
    expect(shared({ ...news }, { role: 'controller', sector: null })).toEqual(['recipient-undeclared']);
  });

  test('recipient-undeclared: matched by name, whatever role and sector', () => {
    expect(shared({}, { name: 'post.EXAMPLE', role: 'controller', sector: 'transport' })).toEqual([]);
    expect(shared({ ...news }, { name: 'Post.example', role: 'controller', sector: 'transport' })).toEqual([
      'recipient-undeclared',
    ]);
  });

  test('recipient-use-undeclared', () => {
    expect(shared({ recipientUse: 'own_purposes' })).toEqual(['recipient-use-undeclared']);
    expect(shared({ recipientUse: 'own_purposes' }, { name: 'Post.example', role: 'controller' })).toEqual([]);
    expect(shared({ recipientUse: 'own_marketing' }, { name: 'Post.example', role: 'controller' })).toEqual([
      'recipient-use-undeclared',
    ]);
    expect(shared({ ...news, recipientUse: 'own_purposes' }, { role: 'controller', sector: 'advertising' })).toEqual([
      'recipient-use-undeclared',
    ]);
  });

  test('one match with nothing open is enough', () => {
    expect(shared({ ...news, recipientUse: 'own_marketing' }, { sector: 'advertising' })).toEqual([]);
    expect(shared({ ...news, recipientUse: 'on_behalf' }, { sector: 'advertising' })).toEqual([]);
  });

  test('of matches with something open, the one with the fewest is reported', () => {
    expect(shared({ ...news, recipientUse: 'own_purposes', undertakings: [] }, { sector: 'advertising' })).toEqual([
      'recipient-use-undeclared',
    ]);
  });

  test('recipient-condition-unmet', () => {
    expect(shared({}, { role: 'acquirer', sector: 'transport' })).toEqual([]);
    expect(shared({}, { role: 'acquirer', sector: 'insurance' })).toEqual(['recipient-condition-unmet']);
    expect(shared({}, { role: 'acquirer', sector: null })).toEqual(['recipient-condition-unmet']);
  });

  test('undertaking-missing', () => {
    expect(shared({ undertakings: ['processing_agreement'] })).toEqual(['undertaking-missing']);
  });

  test('transfer-undeclared', () => {
    const silent = acme({ transfers: 'silent' });
    const to = (country: string, at = '2022-02-01T00:00:00Z') =>
      judgeLast(
        [sharing(at, { recipient: { ...recipient, country }, safeguard: 'standard_contractual_clauses' })],
        silent,
      ).reasons.map((reason) => reason.rule);
    expect(to('NO')).toEqual([]);
    expect(to('GB')).toEqual(['transfer-undeclared']);
    expect(to('GB', '2021-06-27T23:59:59.999Z')).toEqual([]);
  });

  test('transfer-not-permitted', () => {
    const to = (country: string, safeguard: string, at = '2024-02-01T00:00:00Z') =>
      rules(sharing(at, { recipient: { ...recipient, country }, safeguard: safeguard as 'none' }));
    expect(to('GB', 'none')).toEqual([]);
    expect(to('IN', 'none')).toEqual(['transfer-not-permitted']);
    expect(to('IN', 'standard_contractual_clauses')).toEqual([]);
    expect(to('IN', 'binding_corporate_rules')).toEqual(['transfer-not-permitted']);
    expect(to('IN', 'adequacy_decision')).toEqual(['transfer-not-permitted']);
    expect(to('US', 'none')).toEqual(['transfer-not-permitted']);
    expect(to('US', 'adequacy_decision')).toEqual([]);
    expect(to('US', 'adequacy_decision', '2020-07-15T23:59:59.999Z')).toEqual([]);
    expect(to('US', 'adequacy_decision', '2020-07-16T00:00:00.000Z')).toEqual(['transfer-not-permitted']);
  });
});

test('reasons stand in the order of the rule table, and violation outranks gap', () => {
  const finding = judgeLast([
    right('2021-01-01T00:00:00Z', 'objection_raised'),
    order('2021-02-01T00:00:00Z', {
      purpose: 'research',
      legalBasis: 'legitimate_interests',
      dataCategories: ['location'],
      justification: 'x',
    }),
  ]);
  expect(finding.reasons.map((reason) => [reason.rule, reason.effect])).toEqual([
    ['category-undeclared', 'violation'],
    ['objection-overridden', 'gap'],
  ]);
  expect(finding.verdict).toBe('violation');
});

test('what a publisher writes into an id cannot break or flood a message', () => {
  const { reasons } = judgeLast([
    order('2021-02-01T00:00:00Z', { dataCategories: ['a\n`b`\u202e', 'x'.repeat(100_000)] }),
  ]);
  expect(reasons[0]?.message.length).toBeLessThan(300);
  expect(reasons[0]?.message).not.toMatch(/\n|\u202e/u);
});
