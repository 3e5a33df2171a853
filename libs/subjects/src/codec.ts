import avro from 'avsc';
import type { Fact, OrderFact, RightsFact } from '#libs/judge';

/** Version of the internal forms below; kept beside every body, so that they can change. */
export const BODY_VERSION = 1;

/** Facts of one subject; the two kinds apart, since a reader needs both and no order. */
interface FactLists {
  orders: OrderBody[];
  rights: RightsBody[];
}
type OrderBody = Omit<OrderFact, 'kind'>;
type RightsBody = Omit<RightsFact, 'kind'>;

/** What one block adds to one subject. */
export interface SubjectChange {
  readonly key: string;
  /** The subject's secret, where the block is the first that names the subject; else null. */
  readonly secret: Buffer | null;
  readonly facts: readonly Fact[];
}

const factFields: avro.Schema = [
  {
    name: 'orders',
    type: {
      type: 'array',
      items: {
        type: 'record',
        name: 'OrderFact',
        fields: [
          { name: 'at', type: 'long' },
          { name: 'action', type: 'string' },
          { name: 'orderId', type: ['null', 'string'] },
        ],
      },
    },
  },
  {
    name: 'rights',
    type: {
      type: 'array',
      items: {
        type: 'record',
        name: 'RightsFact',
        fields: [
          { name: 'at', type: 'long' },
          { name: 'action', type: 'string' },
          { name: 'purposes', type: { type: 'array', items: 'string' } },
          { name: 'requestId', type: ['null', 'string'] },
          { name: 'requestKind', type: ['null', 'string'] },
        ],
      },
    },
  },
] as never;

const factsType = avro.Type.forSchema({ type: 'record', name: 'Facts', fields: factFields });
const changesType = avro.Type.forSchema({
  type: 'array',
  items: {
    type: 'record',
    name: 'SubjectChange',
    fields: [
      { name: 'key', type: 'string' },
      { name: 'secret', type: ['null', { type: 'fixed', name: 'Secret', size: 32 }] },
      ...(factFields as never[]),
    ],
  },
});

export function encodeFacts(facts: Iterable<Fact>): Buffer {
  return factsType.toBuffer(toLists(facts));
}

export function decodeFacts(body: Buffer): Fact[] {
  return fromLists(factsType.fromBuffer(body) as FactLists);
}

export function encodeChanges(changes: readonly SubjectChange[]): Buffer {
  return changesType.toBuffer(changes.map(({ key, secret, facts }) => ({ key, secret, ...toLists(facts) })));
}

export function decodeChanges(body: Buffer): SubjectChange[] {
  const changes = changesType.fromBuffer(body) as (FactLists & { key: string; secret: Buffer | null })[];
  return changes.map((change) => ({ key: change.key, secret: change.secret, facts: fromLists(change) }));
}

function toLists(facts: Iterable<Fact>): FactLists {
  const lists: FactLists = { orders: [], rights: [] };
  for (const fact of facts) {
    if (fact.kind === 'order') lists.orders.push(fact);
    else lists.rights.push(fact);
  }
  return lists;
}

function fromLists({ orders, rights }: FactLists): Fact[] {
  return [
    ...orders.map(({ at, action, orderId }): Fact => ({ kind: 'order', at, action, orderId })),
    ...rights.map(({ at, action, purposes, requestId, requestKind }): Fact => ({
      kind: 'rights',
      at,
      action,
      purposes: [...purposes],
      requestId,
      requestKind,
    })),
  ];
}
