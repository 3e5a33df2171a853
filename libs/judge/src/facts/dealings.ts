import type { OrderAction } from '#libs/events';
import { DEALING_ACTIONS, type OrderFact } from '../fact.js';
import { cutFrom, upperBound } from './sorted.js';

/** A subject's contracts and disputes as of a time. Instants are ms; -Infinity where there is none. */
export interface Standing {
  readonly at: number;
  /** Whether an order was ever placed. */
  readonly everCustomer: boolean;
  readonly openContracts: number;
  readonly openDisputes: number;
  readonly lastContractEnd: number;
  readonly lastDisputeClose: number;
}

/** The standing of somebody of whom no order is known. */
const NO_DEALINGS: Standing = {
  at: -Infinity,
  everCustomer: false,
  openContracts: 0,
  openDisputes: 0,
  lastContractEnd: -Infinity,
  lastDisputeClose: -Infinity,
};

interface Order {
  contract: 'none' | 'open' | 'ended';
  delivered: boolean;
  paid: boolean;
  disputed: boolean;
}

/**
 * The contracts and disputes of one subject, told by its order events.
 *
 * `placed` opens a contract per order id; it ends once the order is both delivered and paid, or is cancelled or
 * terminated. What was paid or delivered before the order was placed counts for it. After the end, only another
 * `placed` begins anew. A dispute is open per order id from `dispute_opened` until the instant of `dispute_closed`.
 */
export class Dealings {
  private readonly facts: OrderFact[] = [];
  /** The standing after each of the first facts; as many as have been told. */
  private readonly standings: Standing[] = [];
  /** The orders as the facts told so far leave them. */
  private readonly orders = new Map<string | null, Order>();

  get all(): readonly OrderFact[] {
    return this.facts;
  }

  /**
   * A fact in order of time is told at once. A late one undoes the telling from its place on, and the next question tells
   * anew: once, however many facts came late before it.
   *
   * @returns false where the fact was known already
   */
  add(fact: OrderFact): boolean {
    let place = upperBound(this.facts, fact.at);
    for (let i = place - 1; i >= 0; i--) {
      const before = this.facts[i];
      if (before === undefined || before.at !== fact.at) break;
      if (before.action === fact.action && before.orderId === fact.orderId) return false;
      if (rank(before) > rank(fact)) place = i;
    }
    if (place === this.facts.length) {
      this.facts.push(fact);
      if (this.standings.length === place) this.apply(fact);
    } else {
      this.facts.splice(place, 0, fact);
      if (place < this.standings.length) this.standings.length = place;
    }
    return true;
  }

  /** Forgets the facts at or after `at`. @returns them */
  cut(at: number): OrderFact[] {
    const gone = cutFrom(this.facts, at);
    this.standings.length = 0;
    this.orders.clear();
    return gone;
  }

  asOf(at: number): Standing {
    if (this.standings.length < this.facts.length) this.tell();
    const i = upperBound(this.standings, at);
    return this.standings[i - 1] ?? NO_DEALINGS;
  }

  private tell(): void {
    const told = this.standings.length;
    this.orders.clear();
    for (const [i, fact] of this.facts.entries()) {
      if (i < told) advance(this.orderOf(fact), fact.action);
      else this.apply(fact);
    }
  }

  private orderOf({ orderId }: OrderFact): Order {
    let order = this.orders.get(orderId);
    if (order === undefined) {
      order = { contract: 'none', delivered: false, paid: false, disputed: false };
      this.orders.set(orderId, order);
    }
    return order;
  }

  private apply(fact: OrderFact): void {
    const before = this.standings.at(-1) ?? NO_DEALINGS;
    const order = this.orderOf(fact);
    const { contract, disputed } = order;
    advance(order, fact.action);
    const began = contract !== 'open' && order.contract !== contract;
    const ended = order.contract === 'ended' && (contract === 'open' || began);
    const closed = disputed && !order.disputed;
    this.standings.push({
      at: fact.at,
      everCustomer: before.everCustomer || began,
      openContracts: before.openContracts + (began ? 1 : 0) - (ended ? 1 : 0),
      openDisputes: before.openDisputes + Number(order.disputed) - Number(disputed),
      lastContractEnd: ended ? fact.at : before.lastContractEnd,
      lastDisputeClose: closed ? fact.at : before.lastDisputeClose,
    });
  }
}

function rank(fact: OrderFact): number {
  return DEALING_ACTIONS.indexOf(fact.action);
}

function advance(order: Order, action: OrderAction): void {
  switch (action) {
    case 'placed':
      if (order.contract === 'ended') order.delivered = order.paid = false;
      order.contract = 'open';
      break;
    case 'paid':
      if (order.contract !== 'ended') order.paid = true;
      break;
    case 'delivered':
      if (order.contract !== 'ended') order.delivered = true;
      break;
    case 'cancelled':
    case 'terminated':
      if (order.contract === 'open') order.contract = 'ended';
      break;
    case 'dispute_opened':
      order.disputed = true;
      break;
    case 'dispute_closed':
      order.disputed = false;
      break;
    default:
  }
  if (order.contract === 'open' && order.delivered && order.paid) order.contract = 'ended';
}
