import type { MarketingEvent, OrderEvent, RightsEvent, SharingEvent, StreamEvent } from '#libs/events';
import { Registers, compileRegister, transferLaw, type RegisterFile, type TransferLaw } from '#libs/register';
import { SubjectFacts, factOf, judge, type Finding } from '#libs/judge';

/** A made-up register that has one of everything, for tests of single rules. */
export const ACME: RegisterFile = {
  hjemmel: 'register/1',
  controller: 'acme',
  name: 'Acme AS',
  version: 1,
  inForce: { from: '2020-01-01', clause: 'in-force' },
  documents: { policy: { file: 'acme.txt', sha256: '0'.repeat(64) } },
  clauses: {
    'in-force': { summary: 'Dated the first of January 2020.', at: 'policy:1-1' },
    purposes: { summary: 'The purposes.', at: 'policy:2-9' },
    recipients: { summary: 'The recipients.', at: 'policy:10-12' },
    consent: { summary: 'How consent is asked for.', at: 'policy:13-13' },
    rights: { summary: 'Objection and restriction.', at: 'policy:14-15' },
    transfers: { summary: 'Transfers.', at: 'policy:16-16' },
    never: { summary: 'Card numbers are never had.', at: 'policy:17-17' },
    times: { summary: 'Times.', at: 'policy:18-20' },
    assumed: { summary: 'Not said.', assumption: 'Somebody had to decide.' },
  },
  statements: {
    purposes: 'purposes',
    recipients: 'recipients',
    consent: 'consent',
    objection: 'rights',
    restriction: 'rights',
  },
  excludedCategories: [{ clause: 'never', list: ['payment-card'] }],
  transfers: { clause: 'transfers', permitted: ['adequacy_decision', 'standard_contractual_clauses'] },
  requests: { clause: 'times', within: 'P1M' },
  erasureOnWithdrawal: { clause: 'times', within: 'P14D' },
  purposes: {
    orders: {
      dpv: 'dpv:ServiceProvision',
      clause: 'purposes',
      bases: [
        { basis: 'contract', clause: 'purposes' },
        { basis: 'legitimate_interests', clause: 'purposes', when: ['dispute-open'] },
        { basis: 'public_task', clause: 'purposes', when: ['given-to-authority'] },
      ],
      categories: [
        { clause: 'purposes', list: ['name', 'email', 'order-history'] },
        { clause: 'times', list: ['national-id'], when: 'judgement' },
        { clause: 'times', list: ['company-details'], when: { customerType: 'business' } },
        { clause: 'times', list: ['payment-information'], when: { action: 'refunded' } },
        { clause: 'assumed', list: ['correspondence'] },
      ],
      retention: [{ clause: 'times', after: 'contract-end', keep: 'P6M' }],
    },
    news: {
      dpv: 'dpv:DirectMarketing',
      clause: 'purposes',
      directMarketing: true,
      bases: [
        { basis: 'consent', clause: 'consent' },
        {
          basis: 'legitimate_interests',
          clause: 'purposes',
          relationship: { clause: 'times', window: 'P12M', on: 'electronic' },
        },
      ],
      categories: [
        { clause: 'purposes', list: ['name', 'email', 'phone'] },
        { clause: 'consent', list: ['cookie-identifiers'], when: { basis: 'consent' } },
        { clause: 'times', list: ['social-profile'] },
      ],
      retention: [
        { clause: 'times', after: 'contract-end', keep: 'P12M' },
        { clause: 'times', after: 'collection', keep: 'P3M', for: 'never-customers' },
        { clause: 'assumed', after: 'collection', keep: 'PT24H', category: 'social-profile' },
      ],
    },
    offers: {
      dpv: 'dpv:Marketing',
      clause: 'purposes',
      bases: [
        { basis: 'consent', clause: 'consent', when: ['electronic-or-personalised'] },
        { basis: 'legitimate_interests', clause: 'purposes', when: ['neither-electronic-nor-personalised'] },
      ],
      categories: [{ clause: 'purposes', list: ['name', 'email'] }],
    },
    research: {
      dpv: 'dpv:ResearchAndDevelopment',
      clause: 'purposes',
      bases: [{ basis: 'legitimate_interests', clause: 'assumed' }],
      categories: [{ clause: 'purposes', list: ['name', 'email'] }],
      retention: [{ clause: 'times', after: 'end-of-collection-year', keep: 'P1Y' }],
    },
  },
  recipients: [
    { id: 'carrier', dpv: 'dpv:DataProcessor', clause: 'recipients', names: ['Post.example'], purposes: ['orders'] },
    {
      id: 'processors',
      dpv: 'dpv:DataProcessor',
      clause: 'recipients',
      roles: ['processor'],
      exceptSectors: ['transport'],
      undertakings: ['confidentiality'],
      purposes: 'all',
    },
    {
      id: 'networks',
      dpv: 'dpv:ThirdParty',
      clause: 'recipients',
      roles: ['controller', 'processor'],
      sectors: ['advertising'],
      uses: ['own_marketing'],
      purposes: ['news'],
    },
    {
      id: 'buyer',
      dpv: 'dpv:ThirdParty',
      clause: 'recipients',
      roles: ['acquirer'],
      requires: { clause: 'recipients', sectors: ['transport'] },
      purposes: { allExcept: ['news'] },
    },
  ],
};

export const LAW: TransferLaw = transferLaw({
  eea: [
    { country: 'NO', from: '1994-01-01', until: null, reference: 'EEA Agreement' },
    { country: 'GB', from: '1994-01-01', until: '2021-06-28', reference: 'Accession, withdrawal and bridging' },
  ],
  adequacy: [
    { country: 'GB', scope: 'full', from: '2021-06-28', until: null, reference: '(EU) 2021/1772' },
    { country: 'US', scope: 'partial', from: '2016-07-12', until: '2020-07-16', reference: '(EU) 2016/1250' },
    { country: 'US', scope: 'partial', from: '2023-07-10', until: null, reference: '(EU) 2023/1795' },
  ],
});

export function acme(changes: Partial<RegisterFile> = {}): Registers {
  return new Registers([compileRegister({ ...ACME, ...changes })]);
}

const BASE = {
  eventId: '0b54eb5e-9a83-4e0a-9f5a-000000000000',
  controller: 'acme',
  service: 'shop',
  subject: 's-1',
};

const PROCESSING = { ...BASE, collectedAt: null, justification: null };

export function order(at: string, fields: Partial<OrderEvent> = {}): StreamEvent {
  return {
    stream: 'orders',
    event: {
      ...PROCESSING,
      occurredAt: Date.parse(at),
      purpose: 'orders',
      legalBasis: 'contract',
      dataCategories: ['name'],
      action: 'other',
      orderId: 'o-1',
      customerType: 'private',
      ...fields,
    },
  };
}

export function mail(at: string, fields: Partial<MarketingEvent> = {}): StreamEvent {
  return {
    stream: 'marketing',
    event: {
      ...PROCESSING,
      occurredAt: Date.parse(at),
      purpose: 'news',
      legalBasis: 'consent',
      dataCategories: ['email'],
      action: 'sent',
      channel: 'email',
      personalised: false,
      ...fields,
    },
  };
}

export function sharing(at: string, fields: Partial<SharingEvent> = {}): StreamEvent {
  return {
    stream: 'sharing',
    event: {
      ...PROCESSING,
      occurredAt: Date.parse(at),
      purpose: 'orders',
      legalBasis: 'contract',
      dataCategories: ['name'],
      recipient: { name: 'Host', role: 'processor', sector: 'hosting', country: 'NO' },
      recipientUse: 'on_behalf',
      safeguard: 'none',
      undertakings: ['confidentiality'],
      ...fields,
    },
  };
}

export function right(at: string, action: RightsEvent['action'], fields: Partial<RightsEvent> = {}): StreamEvent {
  return {
    stream: 'rights',
    event: {
      ...BASE,
      occurredAt: Date.parse(at),
      action,
      purposes: [],
      requestId: null,
      requestKind: null,
      evidence: null,
      ...fields,
    },
  };
}

/** Judges the last of the given events in the light of all of them. */
export function judgeLast(events: readonly StreamEvent[], registers: Registers = acme()): Finding {
  const event = events.at(-1);
  if (event === undefined) throw new Error('no event given');
  const facts = SubjectFacts.from(events.flatMap((each) => factOf(each) ?? []));
  return judge({ event, timestamp: null, registers, facts, law: LAW });
}

/** The rules that fire on the last of the given events. */
export function rules(...events: StreamEvent[]): string[] {
  return judgeLast(events).reasons.map((reason) => reason.rule);
}
