import { CHECKPOINTS, COSIGNATURES, LOG_COLLECTIONS, LOG_KEYS, PRUNES, SEQUENCE, TILES } from '../log-documents.js';
import { REGISTERS } from '../register-archive.js';
import { BLOCKS } from '../writer.js';

/** Whom Hjemmel's programs and commands act as in MongoDB. Each has a role and a user of that role. */
export const ACTORS = ['auditor', 'notary', 'api', 'investigator', 'pruner'] as const;
export type Actor = (typeof ACTORS)[number];

/** What MongoDB lets do to the documents of a collection ("Privilege actions" in its manual). */
export type Action = 'find' | 'insert' | 'update' | 'remove';

/** Collections of the trail, each insert-only. */
export const TRAIL_COLLECTIONS = [BLOCKS, ...LOG_COLLECTIONS, REGISTERS] as const;

/** Collections of what is known of people, which can be erased. */
export const VAULT_COLLECTIONS = [
  'subjects',
  'factsJournal',
  'factsWatermarks',
  'positions',
  'evidence',
  'vaultKeys',
] as const;

/**
 * Collections of what is derived from the log for reading, and may be made anew from it at any time. There are two sets,
 * A and B: one is read while the other can be built.
 */
export const VIEW_COLLECTIONS = [
  'viewState',
  'viewShapesA',
  'viewShapesB',
  'viewFindingsA',
  'viewFindingsB',
  'viewCountsA',
  'viewCountsB',
  'viewHoursA',
  'viewHoursB',
] as const;

/** Collections of what people say of what was found; each insert-only. */
export const DESK_COLLECTIONS = ['triage', 'verifications'] as const;

/**
 * Collections of what is told of people in numbers, made from what the vault holds: whoever reads them can link nothing to a
 * person, and needs no key.
 */
export const COUNT_COLLECTIONS = ['problemPeople', 'openDuties'] as const;

export type ProductCollection =
  | (typeof TRAIL_COLLECTIONS)[number]
  | (typeof VAULT_COLLECTIONS)[number]
  | (typeof COUNT_COLLECTIONS)[number]
  | (typeof VIEW_COLLECTIONS)[number]
  | (typeof DESK_COLLECTIONS)[number];

type Grants = Partial<Record<ProductCollection, readonly Action[]>>;

const readTrail = grant(TRAIL_COLLECTIONS, ['find']);

/**
 * What each may do, and nothing else: whatever is not named here the server refuses. Nobody may change what lies in the
 * trail, and only the pruner may delete there, in the three collections whose old part retention lets go. No role may
 * drop, rename, change or index a collection (an index can delete, by its TTL).
 */
export const PRIVILEGES: Readonly<Record<Actor, Grants>> = {
  /** Appends blocks, and the registers that they are judged by; keeps what it must know of people. */
  auditor: {
    [BLOCKS]: ['find', 'insert'],
    [REGISTERS]: ['find', 'insert'],
    // Removes what was written before there was a vault, once it is encrypted.
    subjects: ['find', 'insert', 'update', 'remove'],
    factsJournal: ['find', 'insert', 'remove'],
    factsWatermarks: ['find', 'insert', 'update'],
    positions: ['find', 'insert', 'remove'],
    evidence: ['find', 'insert', 'remove'],
    vaultKeys: ['find', 'insert'],
    problemPeople: ['find', 'insert'],
    openDuties: ['find', 'insert', 'update'],
  },
  /** Orders the blocks into the log and signs it; keeps what is read from it. */
  notary: {
    ...readTrail,
    [SEQUENCE]: ['find', 'insert'],
    [TILES]: ['find', 'insert'],
    [CHECKPOINTS]: ['find', 'insert'],
    [COSIGNATURES]: ['find', 'insert'],
    [LOG_KEYS]: ['find', 'insert'],
    ...grant(VIEW_COLLECTIONS, ['find', 'insert', 'update', 'remove']),
    // Reopens what recurs.
    triage: ['find', 'insert'],
  },
  /** Serves the log and what is read from it; also proves it (`hjemmel verify`, `hjemmel proof`). */
  api: {
    ...readTrail,
    ...grant(VIEW_COLLECTIONS, ['find']),
    ...grant(COUNT_COLLECTIONS, ['find']),
    triage: ['find', 'insert'],
    verifications: ['find', 'insert'],
  },
  /** Looks behind entries and erases people (`hjemmel reveal`, `erase`, `vault rotate`), each an entry of the trail. */
  investigator: {
    ...readTrail,
    [BLOCKS]: ['find', 'insert'],
    subjects: ['find', 'insert', 'update', 'remove'],
    factsJournal: ['find', 'insert', 'update', 'remove'],
    positions: ['find', 'update', 'remove'],
    evidence: ['find', 'update', 'remove'],
    vaultKeys: ['find', 'insert', 'update', 'remove'],
    // Whom it erases goes on to count.
    problemPeople: ['insert'],
  },
  /** Lets the oldest part of the trail go, when its retention has passed (`hjemmel prune`). */
  pruner: {
    ...readTrail,
    [PRUNES]: ['find', 'insert'],
    [BLOCKS]: ['find', 'remove'],
    [SEQUENCE]: ['find', 'remove'],
    [TILES]: ['find', 'remove'],
    // Who is behind an entry, and what it was judged from, goes with the entry; it need not be read for that.
    positions: ['remove'],
    evidence: ['remove'],
  },
};

function grant(collections: readonly ProductCollection[], actions: readonly Action[]): Grants {
  return Object.fromEntries(collections.map((name) => [name, actions]));
}

/** Name of the role in the product's database: `hjemmelAuditor`. */
export function roleName(actor: Actor): string {
  return `hjemmel${actor.charAt(0).toUpperCase()}${actor.slice(1)}`;
}

/** Name of the user in the product's database: `hjemmel-auditor`. */
export function userName(actor: Actor): string {
  return `hjemmel-${actor}`;
}
