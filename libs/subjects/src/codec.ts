import avro from 'avsc';
import { compileWriter, Sink } from '#libs/events';
import type { DutyRecord, Fact, OrderFact, RightsFact, UseFact } from '#libs/judge';

/**
 * Version of the internal forms below; kept beside every body, so that they can change. 1: not encrypted. 2: facts alone.
 * 3: uses of data, duties and marks too. 4: in the journal, whom problems touch. 5: marks of events; in evidence, repeats.
 * Positions are the same in all of them.
 */
export const BODY_VERSION = 5;
/** Since this version bodies are encrypted. */
export const FIRST_SEALED_VERSION = 2;

/** Facts of one subject; the two kinds apart, since a reader needs both and no order. */
interface FactLists {
  orders: OrderBody[];
  rights: RightsBody[];
}
type OrderBody = Omit<OrderFact, 'kind'>;
type RightsBody = Omit<RightsFact, 'kind'>;
type DutyBody = Omit<DutyRecord, 'register' | 'said'> & { readonly register: Buffer; readonly said: Buffer };

/** What one block adds to one subject. */
export interface SubjectChange {
  readonly key: string;
  /** The subject's secret, where the block is the first that names the subject; else null. */
  readonly secret: Buffer | null;
  readonly facts: readonly Fact[];
  readonly uses: readonly UseFact[];
  /** All duty findings about the subject from this block on; null: as before. */
  readonly duties: readonly DutyRecord[] | null;
  /** The mark from this block on; null: as before. See `Subject.late`. */
  readonly late: { readonly set: number | null } | null;
  /** Of the block's events that no earlier one repeats, see `markOf`. */
  readonly marks: readonly number[];
}

/** That a problem touches a person, see `ProblemPeople`. */
export interface Touch {
  /** Subject key. */
  readonly key: string;
  readonly problem: string;
  /** What stands for the person, 8 bytes as Latin-1. */
  readonly token: string;
}

/** What one block adds, as the journal has it. */
export interface JournalBody {
  readonly changes: readonly SubjectChange[];
  readonly touched: readonly Touch[];
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

const usesField: avro.Schema = {
  name: 'uses',
  type: {
    type: 'array',
    items: {
      type: 'record',
      name: 'UseFact',
      fields: [
        { name: 'at', type: 'long' },
        { name: 'purpose', type: 'string' },
        { name: 'basis', type: 'string' },
        { name: 'collectedAt', type: ['null', 'long'] },
      ],
    },
  },
} as never;

const dutiesType: avro.Schema = {
  type: 'array',
  items: {
    type: 'record',
    name: 'DutyRecord',
    fields: [
      { name: 'duty', type: 'string' },
      { name: 'purpose', type: ['null', 'string'] },
      { name: 'requestId', type: ['null', 'string'] },
      { name: 'register', type: { type: 'fixed', name: 'Sha256', size: 32 } },
      { name: 'dueAt', type: 'long' },
      { name: 'block', type: 'long' },
      { name: 'index', type: 'int' },
      { name: 'said', type: { type: 'fixed', name: 'Said', size: 8 } },
    ],
  },
} as never;

const marksField = { name: 'marks', type: { type: 'array', items: 'long' } };

const secretType: avro.Schema = { type: 'fixed', name: 'Secret', size: 32 } as never;

function record(name: string, fields: readonly unknown[]): avro.Schema {
  return { type: 'record', name, fields } as never;
}

const identity = [
  { name: 'key', type: 'string' },
  { name: 'secret', type: secretType },
];
const changeIdentity = [
  { name: 'key', type: 'string' },
  { name: 'secret', type: ['null', secretType] },
];
const facts = factFields as unknown as unknown[];

const factsType = avro.Type.forSchema(record('Facts', facts));
const subjectTypeV2 = avro.Type.forSchema(record('Subject', [...identity, ...facts]));
const subjectV3 = [
  ...identity,
  ...facts,
  usesField,
  { name: 'duties', type: dutiesType },
  { name: 'exceededFrom', type: ['null', 'long'] },
];
const subjectTypeV3 = avro.Type.forSchema(record('Subject', subjectV3));
const subjectType = avro.Type.forSchema(record('Subject', [...subjectV3, marksField]));
const changesTypeV2 = avro.Type.forSchema({
  type: 'array',
  items: record('SubjectChange', [...changeIdentity, ...facts]),
} as never);
const changeV3 = [
  ...changeIdentity,
  ...facts,
  usesField,
  { name: 'duties', type: ['null', dutiesType] },
  { name: 'late', type: ['null', record('Mark', [{ name: 'set', type: ['null', 'long'] }])] },
];
const changesV3 = { type: 'array', items: record('SubjectChange', changeV3) };
const changes = { type: 'array', items: record('SubjectChange', [...changeV3, marksField]) };
const touched = {
  type: 'array',
  items: record('Touch', [
    { name: 'key', type: 'string' },
    { name: 'problem', type: 'string' },
    { name: 'token', type: { type: 'fixed', name: 'Token', size: 8 } },
  ]),
};
const changesTypeV3 = avro.Type.forSchema(changesV3 as never);
const journalTypeV4 = avro.Type.forSchema(
  record('Journal', [
    { name: 'changes', type: changesV3 },
    { name: 'touched', type: touched },
  ]),
);
const journalType = avro.Type.forSchema(
  record('Journal', [
    { name: 'changes', type: changes },
    { name: 'touched', type: touched },
  ]),
);

const writeSubject = compileWriter(subjectType);
const writeJournal = compileWriter(journalType);
const scratch = new Sink(64 * 1024);

const positionsType = avro.Type.forSchema({
  type: 'record',
  name: 'Positions',
  fields: [
    { name: 'subjects', type: { type: 'array', items: 'string' } },
    { name: 'entries', type: { type: 'array', items: 'int' } },
  ],
});

const writePositions = compileWriter(positionsType);

/** A subject as it is kept. */
export interface SubjectBody {
  readonly key: string;
  /** 32 bytes. */
  readonly secret: Buffer;
  readonly facts: Iterable<Fact>;
  readonly uses: Iterable<UseFact>;
  readonly duties: readonly DutyRecord[];
  /** See `SubjectFacts.exceededFrom`; Infinity: all facts are kept. */
  readonly exceededFrom: number;
  /** See `EventMarks`. */
  readonly marks: readonly number[];
}

/** Whom the entries of a block are about. */
export interface Positions {
  /** Keys of the block's subjects; empty: was erased. */
  readonly subjects: string[];
  /** For each entry the number of its subject in `subjects`, from 1; 0: about nobody who is known. */
  readonly entries: readonly number[];
}

export function encodeSubject({ key, secret, facts: known, uses, duties, exceededFrom, marks }: SubjectBody): Buffer {
  scratch.at = 0;
  const lists = toLists(known);
  const body = {
    key,
    secret,
    orders: lists.orders,
    rights: lists.rights,
    uses: [...uses],
    duties: duties.map(toDutyBody),
    exceededFrom: exceededFrom === Infinity ? null : exceededFrom,
    marks,
  };
  writeSubject(body, scratch);
  return scratch.copy();
}

/** @param v the body's version */
export function decodeSubject(body: Buffer, v: number): SubjectBody {
  if (v < 3) {
    const { key, secret, ...lists } = subjectTypeV2.fromBuffer(body) as FactLists & { key: string; secret: Buffer };
    return { key, secret, facts: fromLists(lists), uses: [], duties: [], exceededFrom: Infinity, marks: [] };
  }
  const decoded = (v < 5 ? subjectTypeV3 : subjectType).fromBuffer(body) as FactLists & {
    key: string;
    secret: Buffer;
    uses: UseFact[];
    duties: DutyBody[];
    exceededFrom: number | null;
    marks?: number[];
  };
  const { key, secret, uses, duties, exceededFrom, marks = [] } = decoded;
  return {
    key,
    secret,
    facts: fromLists(decoded),
    uses: uses.map(toUse),
    duties: duties.map(toDuty),
    exceededFrom: exceededFrom ?? Infinity,
    marks,
  };
}

export function encodePositions(positions: Positions): Buffer {
  scratch.at = 0;
  writePositions(positions, scratch);
  return scratch.copy();
}

export function decodePositions(body: Buffer): Positions {
  return positionsType.fromBuffer(body) as Positions;
}

/** Facts alone, as subjects' documents of version 1 have them. */
export function encodeFacts(known: Iterable<Fact>): Buffer {
  return factsType.toBuffer(toLists(known));
}

export function decodeFacts(body: Buffer): Fact[] {
  return fromLists(factsType.fromBuffer(body) as FactLists);
}

export function encodeJournal({ changes: all, touched: touches }: JournalBody): Buffer {
  scratch.at = 0;
  const bodies = all.map(({ key, secret, facts: added, uses, duties, late, marks }) => {
    const { orders, rights } = toLists(added);
    return { key, secret, orders, rights, uses, duties: duties === null ? null : duties.map(toDutyBody), late, marks };
  });
  writeJournal({ changes: bodies, touched: touches }, scratch);
  return scratch.copy();
}

/** @param v the body's version */
export function decodeJournal(body: Buffer, v: number): JournalBody {
  type BodyV2 = FactLists & { key: string; secret: Buffer | null };
  if (v < 3) {
    const all = (changesTypeV2.fromBuffer(body) as BodyV2[]).map((change) => ({
      key: change.key,
      secret: change.secret,
      facts: fromLists(change),
      uses: [],
      duties: null,
      late: null,
      marks: [],
    }));
    return { changes: all, touched: [] };
  }
  type Body = BodyV2 & {
    uses: UseFact[];
    duties: DutyBody[] | null;
    late: { set: number | null } | null;
    marks?: number[];
  };
  type Touches = { key: string; problem: string; token: Buffer }[];
  const decoded =
    v < 4
      ? { changes: changesTypeV3.fromBuffer(body) as Body[], touched: [] }
      : ((v < 5 ? journalTypeV4 : journalType).fromBuffer(body) as { changes: Body[]; touched: Touches });
  return {
    changes: decoded.changes.map((change) => ({
      key: change.key,
      secret: change.secret,
      facts: fromLists(change),
      uses: change.uses.map(toUse),
      duties: change.duties?.map(toDuty) ?? null,
      late: change.late === null ? null : { set: change.late.set },
      marks: change.marks ?? [],
    })),
    touched: decoded.touched.map(({ key, problem, token }) => ({ key, problem, token: token.toString('latin1') })),
  };
}

function toLists(known: Iterable<Fact>): FactLists {
  const lists: FactLists = { orders: [], rights: [] };
  for (const fact of known) {
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

function toUse({ at, purpose, basis, collectedAt }: UseFact): UseFact {
  return { at, purpose, basis, collectedAt };
}

function toDutyBody({ register, said, ...duty }: DutyRecord): DutyBody {
  return { ...duty, register: Buffer.from(register, 'hex'), said: Buffer.from(said, 'hex') };
}

function toDuty({ duty, purpose, requestId, register, dueAt, block, index, said }: DutyBody): DutyRecord {
  const digests = { register: register.toString('hex'), said: said.toString('hex') };
  return { duty, purpose, requestId, ...digests, dueAt, block, index };
}
