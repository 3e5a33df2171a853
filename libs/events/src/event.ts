/**
 * The events a controller's services publish, as they stand in memory after decoding.
 *
 * The wire shapes are owned by `schemas/*.avsc` (namespace `hjemmel.v1`). Two things differ here from the wire: times
 * are numbers (milliseconds since 1970-01-01T00:00Z, as Avro's `timestamp-millis`), and every field that has a default
 * is filled in. No event carries personal data: `subject` is the controller's own opaque id, `dataCategories` are names
 * of categories.
 */

export const LEGAL_BASES = [
  'consent',
  'contract',
  'legal_obligation',
  'vital_interests',
  'public_task',
  'legitimate_interests',
] as const;
/** GDPR Art. 6(1)(a) to (f), in that order. */
export type LegalBasis = (typeof LEGAL_BASES)[number];

export const ORDER_ACTIONS = [
  'placed',
  'paid',
  'shipped',
  'delivered',
  'cancelled',
  'terminated',
  'returned',
  'refunded',
  'warranty_claimed',
  'complaint_received',
  'dispute_opened',
  'dispute_closed',
  'account_updated',
  'other',
] as const;
export type OrderAction = (typeof ORDER_ACTIONS)[number];

export const CUSTOMER_TYPES = ['private', 'business'] as const;
export type CustomerType = (typeof CUSTOMER_TYPES)[number];

export const MARKETING_ACTIONS = ['sent', 'displayed', 'profiled', 'segmented', 'surveyed', 'measured'] as const;
export type MarketingAction = (typeof MARKETING_ACTIONS)[number];

export const CHANNELS = ['email', 'sms', 'mms', 'push', 'phone', 'post', 'web', 'social', 'in_person'] as const;
export type Channel = (typeof CHANNELS)[number];

export const RECIPIENT_ROLES = [
  'processor',
  'controller',
  'joint_controller',
  'group_company',
  'authority',
  'acquirer',
] as const;
export type RecipientRole = (typeof RECIPIENT_ROLES)[number];

export const RECIPIENT_USES = ['on_behalf', 'own_purposes', 'own_marketing', 'legal_duty'] as const;
export type RecipientUse = (typeof RECIPIENT_USES)[number];

export const SAFEGUARDS = [
  'none',
  'adequacy_decision',
  'standard_contractual_clauses',
  'binding_corporate_rules',
  'explicit_consent',
] as const;
/** GDPR Art. 45, 46(2)(c), 47 and 49(1)(a); `none` where the publisher claims no ground. */
export type Safeguard = (typeof SAFEGUARDS)[number];

export const UNDERTAKINGS = ['confidentiality', 'processing_agreement'] as const;
export type Undertaking = (typeof UNDERTAKINGS)[number];

export const RIGHTS_ACTIONS = [
  'consent_given',
  'consent_withdrawn',
  'objection_raised',
  'objection_lifted',
  'restriction_started',
  'restriction_lifted',
  'request_received',
  'request_answered',
  'data_erased',
  'data_anonymised',
] as const;
export type RightsAction = (typeof RIGHTS_ACTIONS)[number];

export const REQUEST_KINDS = ['access', 'rectification', 'erasure', 'restriction', 'portability', 'objection'] as const;
/** GDPR Art. 15, 16, 17, 18, 20 and 21. */
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** What every event has. */
export interface EventBase {
  /** UUID, unique per controller. */
  eventId: string;
  /** When it took place, ms since the epoch. */
  occurredAt: number;
  /** Id of the register it falls under. */
  controller: string;
  /** The publishing service. */
  service: string;
  /** The controller's own opaque id of the data subject. */
  subject: string;
}

/** What every processing event has (orders, marketing, sharing). */
export interface ProcessingBase extends EventBase {
  purpose: string;
  legalBasis: LegalBasis;
  dataCategories: string[];
  /** When the oldest of the used data was collected, ms since the epoch. */
  collectedAt: number | null;
  /** The publisher's stated ground where the register leaves a judgement to people. */
  justification: string | null;
}

export interface OrderEvent extends ProcessingBase {
  action: OrderAction;
  orderId: string | null;
  customerType: CustomerType;
}

export interface MarketingEvent extends ProcessingBase {
  action: MarketingAction;
  channel: Channel;
  personalised: boolean;
}

export interface Recipient {
  name: string;
  role: RecipientRole;
  sector: string | null;
  /** ISO 3166-1 alpha-2. */
  country: string;
}

export interface SharingEvent extends ProcessingBase {
  recipient: Recipient;
  recipientUse: RecipientUse;
  safeguard: Safeguard;
  undertakings: Undertaking[];
}

export interface RightsEvent extends EventBase {
  action: RightsAction;
  /** Purpose ids; empty means all purposes, of the register or beyond. */
  purposes: string[];
  requestId: string | null;
  requestKind: RequestKind | null;
  evidence: string | null;
}

/** An event with the stream (and so the record type) it belongs to. */
export type StreamEvent =
  | { readonly stream: 'orders'; readonly event: OrderEvent }
  | { readonly stream: 'marketing'; readonly event: MarketingEvent }
  | { readonly stream: 'sharing'; readonly event: SharingEvent }
  | { readonly stream: 'rights'; readonly event: RightsEvent };

export const STREAMS = ['orders', 'marketing', 'sharing', 'rights'] as const;
export type Stream = (typeof STREAMS)[number];
