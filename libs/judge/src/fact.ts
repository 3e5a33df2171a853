import type { OrderAction, RequestKind, RightsAction, LegalBasis } from '#libs/events';

/**
 * A fact about a data subject: what an event leaves behind for the judging of others.
 *
 * Facts are a set by content: the same record read twice adds nothing, so no event id is kept. Instants are ms since
 * the epoch. The three kinds are orders, the person's rights, and uses of data (read by the duties only).
 */
export type Fact = OrderFact | RightsFact | UseFact;

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
  readonly purposes: readonly string[];
  readonly requestId: string | null;
  readonly requestKind: RequestKind | null;
}

export interface UseFact {
  readonly kind: 'use';
  readonly at: number;
  readonly purpose: string;
  readonly basis: LegalBasis;
  readonly collectedAt: number | null;
}
