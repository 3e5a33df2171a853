import fc from 'fast-check';
import { ORDER_ACTIONS, RIGHTS_ACTIONS, type StreamEvent } from '#libs/events';
import { mail, order, right } from './acme.js';

const HOUR = 3_600_000;

/**
 * Instants of a year, few, so that ties are common, and many at the ends of months, where calendar arithmetic does not
 * keep the order of time.
 */
export const instants = fc.oneof(
  fc.integer({ min: 0, max: 14 }).map((month) => Date.UTC(2021, month, 1)),
  fc
    .tuple(fc.constantFrom(0, 10), fc.constantFrom(28, 29, 30, 31), fc.constantFrom(9, 10, 11, 12))
    .map(([month, day, hour]) => Date.UTC(2021, month, day) + hour * HOUR),
);

const purposes = fc.subarray(['news', 'offers', 'orders', 'research']);
const collected = fc.option(instants);

const orders = fc
  .tuple(instants, fc.constantFrom(...ORDER_ACTIONS), fc.constantFrom('o-1', 'o-2', null), collected)
  .map(([at, action, orderId, collectedAt]) => order(iso(at), { action, orderId, collectedAt }));
const mails = fc
  .tuple(
    instants,
    fc.constantFrom('news', 'offers', 'research'),
    fc.constantFrom('consent', 'legitimate_interests'),
    collected,
  )
  .map(([at, purpose, legalBasis, collectedAt]) =>
    mail(iso(at), { purpose, legalBasis: legalBasis as 'consent', collectedAt }),
  );
const rights = fc
  .tuple(instants, fc.constantFrom(...RIGHTS_ACTIONS), purposes, fc.constantFrom('r-1', 'r-2', null))
  .map(([at, action, named, requestId]) => right(iso(at), action, { purposes: named, requestId }));
const erasures = fc
  .tuple(instants, fc.constantFrom('data_erased', 'data_anonymised', 'consent_withdrawn'), purposes)
  .map(([at, action, named]) => right(iso(at), action as 'data_erased', { purposes: named }));

/** Events of one subject of `acme`, rich in what duties depend on, in no order. */
export const histories = fc
  .array(fc.oneof(orders, { arbitrary: mails, weight: 3 }, rights, erasures), { minLength: 1, maxLength: 25 })
  .map((events) => events.map((each, i) => ({ ...each, event: { ...each.event, eventId: `e-${i}` } }) as StreamEvent));

export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** The same items in an order that the seed gives. */
export function shuffle<T>(items: readonly T[], seed: number): T[] {
  let state = seed >>> 0 || 1;
  const next = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  return items
    .map((item) => ({ item, key: next() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
