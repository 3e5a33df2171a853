import type { OrderAction } from '#libs/events';
import { DEALING_ACTIONS, type OrderFact } from '../fact.js';
import { appended, cutFrom, upperBound } from './sorted.js';

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
  readonly orderId: string | null;
  contract: 'none' | 'open' | 'ended';
  delivered: boolean;
  paid: boolean;
  disputed: boolean;
}

/** From this many orders on they are found by a map. Most people have a few, for which a list takes a tenth of the memory. */
const MAP_FROM = 32;

/**
 * The contracts and disputes of one subject, told by its order events.
 *
 * `placed` opens a contract per order id; it ends once the order is both delivered and paid, or is cancelled or
 * terminated. What was paid or delivered before the order was placed counts for it. After the end, only another
 * `placed` begins anew. A dispute is open per order id from `dispute_opened` until the instant of `dispute_closed`.
 *
 * The standing after all facts is kept, since most questions are about it; those before it where one was asked for.
 */
export class Dealings {
  private facts: OrderFact[] = [];
  /** The orders and the standing after the first `told` facts. */
  private readonly orders = new Orders();
  private told = 0;
  private latest = NO_DEALINGS;
  /** The standing after each of the first facts; as many as are known. */
  private standings: Standing[] | null = null;

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
    const { standings } = this;
    if (place === this.facts.length) {
      this.facts = appended(this.facts, fact);
      if (this.told === place) {
        this.tellNext(fact);
        if (standings?.length === place) standings.push(this.latest);
      }
    } else {
      this.facts.splice(place, 0, fact);
      this.told = 0;
      if (standings !== null && place < standings.length) standings.length = place;
    }
    return true;
  }

  /** Forgets the facts at or after `at`. @returns them */
  cut(at: number): OrderFact[] {
    const gone = cutFrom(this.facts, at);
    this.orders.clear();
    this.told = 0;
    this.latest = NO_DEALINGS;
    this.standings = null;
    return gone;
  }

  asOf(at: number): Standing {
    const { facts } = this;
    if (this.told < facts.length) this.tell();
    if (at >= (facts.at(-1)?.at ?? -Infinity)) return this.latest;
    if (this.standings === null || this.standings.length < facts.length) this.tell();
    const i = upperBound(facts, at);
    return (i > 0 ? this.standings?.[i - 1] : undefined) ?? NO_DEALINGS;
  }

  /** Tells all facts anew, and keeps the standing after each that is not known. */
  private tell(): void {
    const standings = (this.standings ??= []);
    this.orders.clear();
    this.latest = NO_DEALINGS;
    this.told = 0;
    for (const fact of this.facts) {
      const known = standings[this.told];
      if (known === undefined) {
        this.tellNext(fact);
        standings.push(this.latest);
      } else {
        advance(this.orders.get(fact.orderId), fact.action);
        this.latest = known;
        this.told++;
      }
    }
  }

  private tellNext(fact: OrderFact): void {
    const before = this.latest;
    const order = this.orders.get(fact.orderId);
    const { contract, disputed } = order;
    advance(order, fact.action);
    const began = contract !== 'open' && order.contract !== contract;
    const ended = order.contract === 'ended' && (contract === 'open' || began);
    const closed = disputed && !order.disputed;
    this.latest = {
      at: fact.at,
      everCustomer: before.everCustomer || began,
      openContracts: before.openContracts + (began ? 1 : 0) - (ended ? 1 : 0),
      openDisputes: before.openDisputes + Number(order.disputed) - Number(disputed),
      lastContractEnd: ended ? fact.at : before.lastContractEnd,
      lastDisputeClose: closed ? fact.at : before.lastDisputeClose,
    };
    this.told++;
  }
}

/** Orders by id. */
class Orders {
  private list: Order[] = [];
  private map: Map<string | null, Order> | null = null;

  /** The order of this id; a new one where it is not known. */
  get(orderId: string | null): Order {
    const known = this.find(orderId);
    if (known !== undefined) return known;
    const order: Order = { orderId, contract: 'none', delivered: false, paid: false, disputed: false };
    if (this.map === null && this.list.length === MAP_FROM) {
      this.map = new Map(this.list.map((each) => [each.orderId, each]));
      this.list = [];
    }
    if (this.map === null) this.list = appended(this.list, order);
    else this.map.set(orderId, order);
    return order;
  }

  clear(): void {
    this.list = [];
    this.map = null;
  }

  private find(orderId: string | null): Order | undefined {
    if (this.map !== null) return this.map.get(orderId);
    // Mostly it is the last.
    for (let i = this.list.length - 1; i >= 0; i--) if (this.list[i]?.orderId === orderId) return this.list[i];
    return undefined;
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
