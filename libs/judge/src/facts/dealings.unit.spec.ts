import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DEALING_ACTIONS, type OrderFact } from '../fact.js';
import { Dealings, type Standing } from './dealings.js';

/** The standing by its definition: each order's facts told from the first, and then added up. */
function naive(facts: readonly OrderFact[], at: number): Standing {
  const known = facts
    .filter((fact) => fact.at <= at)
    .sort((a, b) => a.at - b.at || DEALING_ACTIONS.indexOf(a.action) - DEALING_ACTIONS.indexOf(b.action));
  const orders = Array.from(Map.groupBy(known, ({ orderId }) => orderId).values(), (own) => tell(own));
  return {
    at: known.at(-1)?.at ?? -Infinity,
    everCustomer: orders.some(({ began }) => began),
    openContracts: orders.filter(({ open }) => open).length,
    openDisputes: orders.filter(({ disputed }) => disputed).length,
    lastContractEnd: Math.max(-Infinity, ...orders.flatMap(({ ends }) => ends)),
    lastDisputeClose: Math.max(-Infinity, ...orders.flatMap(({ closes }) => closes)),
  };
}

function tell(facts: readonly OrderFact[]) {
  let open = false;
  let disputed = false;
  /** What was done of the contract that is open, or of the one to come; `null`: it is over. */
  let done: Set<string> | null = new Set();
  let began = false;
  const ends: number[] = [];
  const closes: number[] = [];
  for (const { action, at } of facts) {
    if (action === 'placed') {
      done ??= new Set();
      open = began = true;
    }
    if (action === 'paid' || action === 'delivered') done?.add(action);
    const isOver = done?.size === 2 || action === 'cancelled' || action === 'terminated';
    if (open && isOver) {
      open = false;
      done = null;
      ends.push(at);
    }
    if (action === 'dispute_closed' && disputed) closes.push(at);
    if (action.startsWith('dispute_')) disputed = action === 'dispute_opened';
  }
  return { open, disputed, began, ends, closes };
}

/** Of so many orders at most; a list holds them up to 32. */
const ids = (most: number) => fc.option(fc.integer({ min: 1, max: most }).map((i) => `o-${i}`));
const facts = (most: number, latest: number): fc.Arbitrary<OrderFact> =>
  fc.record({
    kind: fc.constant('order'),
    at: fc.integer({ min: 0, max: latest }),
    action: fc.constantFrom(...DEALING_ACTIONS),
    orderId: ids(most),
  });

type Step = { readonly add: OrderFact } | { readonly ask: number } | { readonly cut: number };
const steps = (most: number, latest: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { arbitrary: facts(most, latest).map((add) => ({ add })), weight: 20 },
      { arbitrary: fc.integer({ min: -1, max: latest + 1 }).map((ask) => ({ ask })), weight: 4 },
      { arbitrary: fc.integer({ min: 0, max: latest }).map((cut) => ({ cut })), weight: 1 },
    ),
    { maxLength: 150, size: 'max' },
  );

const isSame = (a: OrderFact, b: OrderFact): boolean =>
  a.at === b.at && a.action === b.action && a.orderId === b.orderId;

describe('standings are as defined, whatever came late, was asked or cut off in between', () => {
  test.each([
    ['a few orders', 3, 30],
    ['many orders', 80, 100],
  ])('of %s', (_, most, latest) => {
    fc.assert(
      fc.property(steps(most, latest), (all) => {
        const dealings = new Dealings();
        let known: OrderFact[] = [];
        for (const step of all) {
          if ('add' in step) {
            const isNew = !known.some((fact) => isSame(fact, step.add));
            expect(dealings.add(step.add)).toBe(isNew);
            if (isNew) known.push(step.add);
          } else if ('ask' in step) {
            expect(dealings.asOf(step.ask)).toEqual(naive(known, step.ask));
          } else {
            const gone = dealings.cut(step.cut);
            expect(gone).toHaveLength(known.filter(({ at }) => at >= step.cut).length);
            known = known.filter(({ at }) => at < step.cut);
          }
        }
        for (let at = 0; at <= latest; at += 10) expect(dealings.asOf(at)).toEqual(naive(known, at));
        expect(dealings.asOf(Infinity)).toEqual(naive(known, Infinity));
      }),
      // To look for fewer steps that fail takes minutes where there must be many.
      { numRuns: 100, endOnFailure: most > 32 },
    );
  });
});

test('orders are told apart, however many there are', () => {
  const dealings = new Dealings();
  for (let i = 0; i < 100; i++) {
    dealings.add({ kind: 'order', at: i, action: 'placed', orderId: `o-${i}` });
    expect(dealings.asOf(i).openContracts).toBe(i + 1);
  }
  for (let i = 0; i < 100; i++) {
    dealings.add({ kind: 'order', at: 100 + i, action: 'cancelled', orderId: `o-${(i * 37) % 100}` });
    expect(dealings.asOf(100 + i)).toMatchObject({ openContracts: 99 - i, lastContractEnd: 100 + i });
  }
});

test('where all facts are cut off, nothing of them is left', () => {
  const placed = (at: number): OrderFact => ({ kind: 'order', at, action: 'placed', orderId: 'o' });
  const dealings = new Dealings();
  dealings.add(placed(9));
  dealings.cut(9);
  expect(dealings.asOf(5)).toEqual(new Dealings().asOf(5));
  dealings.add(placed(3));
  expect(dealings.asOf(5)).toMatchObject({ at: 3, openContracts: 1 });
});
