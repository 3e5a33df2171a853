import avro from 'avsc';
import type { Fact, OrderFact, RightsFact } from '#libs/judge';

/** Version of the internal forms below; kept beside every body, so that they can change. 1 was not encrypted. */
export const BODY_VERSION = 2;

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

const secretType: avro.Schema = { type: 'fixed', name: 'Secret', size: 32 } as never;
const subjectType = avro.Type.forSchema({
  type: 'record',
  name: 'Subject',
  fields: [{ name: 'key', type: 'string' }, { name: 'secret', type: secretType }, ...(factFields as never[])],
});
const factsType = avro.Type.forSchema({ type: 'record', name: 'Facts', fields: factFields });
const changesType = avro.Type.forSchema({
  type: 'array',
  items: {
    type: 'record',
    name: 'SubjectChange',
    fields: [
      { name: 'key', type: 'string' },
      { name: 'secret', type: ['null', secretType] },
      ...(factFields as never[]),
    ],
  },
});

const positionsType = avro.Type.forSchema({
  type: 'record',
  name: 'Positions',
  fields: [
    { name: 'subjects', type: { type: 'array', items: 'string' } },
    { name: 'entries', type: { type: 'array', items: 'int' } },
  ],
});

/** A subject as it is kept. */
export interface SubjectBody {
  readonly key: string;
  /** 32 bytes. */
  readonly secret: Buffer;
  readonly facts: Iterable<Fact>;
}

/** Whom the entries of a block are about. */
export interface Positions {
  /** Keys of the block's subjects; empty: was erased. */
  readonly subjects: string[];
  /** For each entry the number of its subject in `subjects`, from 1; 0: about nobody who is known. */
  readonly entries: readonly number[];
}

export function encodeSubject({ key, secret, facts }: SubjectBody): Buffer {
  return subjectType.toBuffer({ key, secret, ...toLists(facts) });
}

export function decodeSubject(body: Buffer): SubjectBody {
  const subject = subjectType.fromBuffer(body) as FactLists & { key: string; secret: Buffer };
  return { key: subject.key, secret: subject.secret, facts: fromLists(subject) };
}

export function encodePositions(positions: Positions): Buffer {
  return positionsType.toBuffer(positions);
}

export function decodePositions(body: Buffer): Positions {
  return positionsType.fromBuffer(body) as Positions;
}

/** Facts alone, as subjects' documents of version 1 have them. */
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
