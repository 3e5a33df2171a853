import type { MarketingEvent, OrderEvent, RightsEvent, SharingEvent, StreamEvent } from './event.js';

/** One event of each stream, every field set away from its default; for tests. */
const base = {
  eventId: '77c3297d-831d-4e5d-9281-e171b3e9ab90',
  occurredAt: Date.UTC(2024, 0, 2, 3, 4, 5, 678),
  controller: 'jetkids',
  service: 'webshop',
  subject: 'c-000123456',
};
const processing = {
  ...base,
  purpose: 'contract',
  legalBasis: 'contract',
  dataCategories: ['name', 'email', 'postal-address'],
  collectedAt: Date.UTC(2023, 11, 1),
  justification: 'ærlig behov – 必要',
} as const;

const order: OrderEvent = {
  ...processing,
  dataCategories: [...processing.dataCategories],
  action: 'placed',
  orderId: 'o-0001',
  customerType: 'business',
};
const marketing: MarketingEvent = {
  ...processing,
  dataCategories: [...processing.dataCategories],
  action: 'sent',
  channel: 'email',
  personalised: true,
};
const sharing: SharingEvent = {
  ...processing,
  dataCategories: [...processing.dataCategories],
  recipient: { name: 'ServerHall', role: 'processor', sector: 'hosting', country: 'CH' },
  recipientUse: 'on_behalf',
  safeguard: 'standard_contractual_clauses',
  undertakings: ['confidentiality', 'processing_agreement'],
};
const rights: RightsEvent = {
  ...base,
  action: 'request_received',
  purposes: ['marketing'],
  requestId: 'rq-1',
  requestKind: 'access',
  evidence: 'form-77',
};

export const EVENTS: readonly StreamEvent[] = [
  { stream: 'orders', event: order },
  { stream: 'marketing', event: marketing },
  { stream: 'sharing', event: sharing },
  { stream: 'rights', event: rights },
];
export const [ORDER, MARKETING, SHARING, RIGHTS] = EVENTS as [StreamEvent, StreamEvent, StreamEvent, StreamEvent];
