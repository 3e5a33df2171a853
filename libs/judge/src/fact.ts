import type { LegalBasis, OrderAction, RequestKind, RightsAction, StreamEvent } from '#libs/events';

/**
 * What an event leaves behind for the judging of others. Facts are a set by content: the same record read twice adds
 * nothing, so no event id is kept. Instants are ms since the epoch.
 */
export type Fact = OrderFact | RightsFact;

export interface OrderFact {
  readonly kind: 'order';
  readonly at: number;
  readonly action: OrderAction;
  readonly orderId: string | null;
}

export interface RightsFact {
  readonly kind: 'rights';
  readonly at: number;
  readonly action: RightsAction;
  /** Empty means all purposes. */
  readonly purposes: readonly string[];
  readonly requestId: string | null;
  readonly requestKind: RequestKind | null;
}

/** A use of data, read by the duties (retention, erasure) only. */
export interface UseFact {
  readonly at: number;
  readonly purpose: string;
  readonly basis: LegalBasis;
  readonly collectedAt: number | null;
}

/**
 * Actions that begin or end a contract or a dispute, in the order in which they count within one millisecond, so that
 * arrival order does not matter. The others change nothing for other events.
 */
export const DEALING_ACTIONS: readonly OrderAction[] = [
  'placed',
  'paid',
  'delivered',
  'cancelled',
  'terminated',
  'dispute_opened',
  'dispute_closed',
];

/** The fact an event is; null where no other event's verdict can depend on it. */
export function factOf({ stream, event }: StreamEvent): Fact | null {
  if (stream === 'rights') {
    const { action, purposes, requestId, requestKind } = event;
    return { kind: 'rights', at: event.occurredAt, action, purposes, requestId, requestKind };
  }
  if (stream !== 'orders' || !DEALING_ACTIONS.includes(event.action)) return null;
  return { kind: 'order', at: event.occurredAt, action: event.action, orderId: event.orderId };
}

/** The use of data a processing event is; null for a rights event. */
export function useOf({ stream, event }: StreamEvent): UseFact | null {
  if (stream === 'rights') return null;
  return { at: event.occurredAt, purpose: event.purpose, basis: event.legalBasis, collectedAt: event.collectedAt };
}
