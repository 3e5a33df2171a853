import type {
  CustomerType,
  LegalBasis,
  OrderAction,
  RecipientRole,
  RecipientUse,
  Safeguard,
  Undertaking,
} from '#libs/events';

/**
 * A compiled register: one version of what one controller declares, in the form the judge reads.
 *
 * `clause` fields hold clause ids of the register file; `assumed` says that the clause is an assumption of the
 * register's author, not a statement of the policy. Instants are ms since the epoch.
 */
export interface Register {
  readonly controller: string;
  /** The controller's legal name. */
  readonly name: string;
  readonly version: number;
  /** SHA-256 of the canonical form, lower-case hex: the register's identity, named by every finding. */
  readonly id: string;
  /** From when the version is in force, ms since the epoch, inclusive. */
  readonly inForceFrom: number;
  readonly inForceClause: string;
  readonly inForceAssumed: boolean;
  readonly clauses: ReadonlyMap<string, Clause>;
  readonly purposes: ReadonlyMap<string, Purpose>;
  readonly statements: Statements;
  /** Categories the controller declares it never has, to the clause that says so. */
  readonly excludedCategories: ReadonlyMap<string, string>;
  readonly registrationConsent: RegistrationConsent | null;
  /** null: the register is silent on transfers. */
  readonly transfers: Transfers | null;
  readonly requests: TimeLimit | null;
  readonly erasureOnWithdrawal: TimeLimit | null;
}

/**
 * Clauses that speak of the whole policy, not of one purpose: what a rule points at where nothing closer is declared.
 * null where the policy has none.
 */
export interface Statements {
  readonly purposes: string;
  readonly recipients: string | null;
  readonly consent: string | null;
  /** GDPR Art. 21. */
  readonly objection: string | null;
  /** GDPR Art. 18. */
  readonly restriction: string | null;
}

/** Where the policy says it, or why the register's author had to decide it. */
export interface Clause {
  readonly id: string;
  /** In our own words. */
  readonly summary: string;
  readonly locator: Locator | null;
  /** The reason, where the clause is an assumption of the register's author; null where the policy says it. */
  readonly assumption: string | null;
}

export interface Locator {
  /** The source document's name. */
  readonly document: string;
  /** SHA-256 of the document, lower-case hex. */
  readonly sha256: string;
  /** 1-based, both inclusive. */
  readonly fromLine: number;
  readonly toLine: number;
}

export interface Purpose {
  readonly id: string;
  readonly dpv: string;
  readonly clause: string;
  readonly directMarketing: boolean;
  readonly bases: readonly DeclaredBasis[];
  /** True where the policy states no basis and `bases` holds only the author's assumptions. */
  readonly basesAssumed: boolean;
  readonly basesClause: string;
  readonly categories: ReadonlyMap<string, DeclaredCategory>;
  readonly categoriesClause: string;
  readonly retention: Retention | null;
  /** The recipients declared for this purpose, in the register's order. */
  readonly recipients: readonly DeclaredRecipient[];
}

/** One legal basis of a purpose, with the circumstances it is declared for. All given conditions must hold. */
export interface DeclaredBasis {
  readonly basis: LegalBasis;
  readonly clause: string;
  readonly assumed: boolean;
  readonly applies: readonly Circumstance[];
  readonly relationship: Relationship | null;
}

/**
 * A circumstance of the event under which something is declared:
 * - `electronic-or-personalised`: electronic channel (email, sms, mms, push), or personalised content;
 * - `neither-electronic-nor-personalised`: the rest;
 * - `dispute-open`: the subject has an open dispute as of the event;
 * - `given-to-authority`: a sharing event whose recipient is an authority.
 */
export type Circumstance =
  'electronic-or-personalised' | 'neither-electronic-nor-personalised' | 'dispute-open' | 'given-to-authority';

/** A customer relationship the basis presupposes. */
export interface Relationship {
  readonly clause: string;
  /** How long after the end of the last contract it lasts; null: for ever once an order was placed. */
  readonly window: Period | null;
  /** True where it is presupposed on electronic channels only. */
  readonly electronicOnly: boolean;
}

export interface DeclaredCategory {
  readonly clause: string;
  readonly assumed: boolean;
  readonly condition: CategoryCondition | null;
}

export type CategoryCondition =
  | { readonly kind: 'basis'; readonly basis: LegalBasis }
  | { readonly kind: 'customer-type'; readonly customerType: CustomerType }
  | { readonly kind: 'action'; readonly action: OrderAction }
  | { readonly kind: 'judgement' };

export interface Retention {
  /** For subjects who ever placed an order; null: no period. */
  readonly customer: RetentionPeriod | null;
  /** For subjects of whom no order was ever seen; null: no period. The same as `customer` where the two are not told apart. */
  readonly neverCustomer: RetentionPeriod | null;
  /** Categories that may be used but not stored. */
  readonly transient: readonly TransientCategory[];
}

export interface RetentionPeriod {
  readonly clause: string;
  readonly assumed: boolean;
  readonly keep: Period;
  readonly from: 'collection' | 'end-of-collection-year' | 'contract-end';
}

/** A category that may be used but not stored: as an event's only category, it must be fresher than `keep`. */
export interface TransientCategory {
  readonly category: string;
  readonly keep: Period;
  readonly clause: string;
  readonly assumed: boolean;
}

/** An ISO 8601 duration, taken apart for calendar arithmetic in UTC: whole months first, then milliseconds. */
export interface Period {
  readonly iso: string;
  readonly months: number;
  readonly ms: number;
}

export interface DeclaredRecipient {
  readonly id: string;
  readonly dpv: string;
  readonly clause: string;
  readonly assumed: boolean;
  /** Matching by name replaces role and sector. Compared without case. */
  readonly names: readonly string[] | null;
  /** null: any role. */
  readonly roles: readonly RecipientRole[] | null;
  /** null: any sector, or none stated. */
  readonly sectors: readonly string[] | null;
  readonly exceptSectors: readonly string[];
  /** null: the register does not say (a processor `on_behalf` only; any other anything but `own_marketing`). */
  readonly uses: readonly RecipientUse[] | null;
  readonly undertakings: readonly Undertaking[];
  /** What the recipient must be for the sharing to be as declared; it does not take part in the matching. */
  readonly requires: { readonly clause: string; readonly sectors: readonly string[] } | null;
}

export interface RegistrationConsent {
  readonly clause: string;
  /** Purposes that a consent without purposes does not cover. */
  readonly except: ReadonlySet<string>;
}

export interface Transfers {
  readonly clause: string;
  readonly permitted: ReadonlySet<Safeguard>;
}

export interface TimeLimit {
  readonly clause: string;
  readonly within: Period;
  /** True where the time is the author's assumption. */
  readonly assumed: boolean;
}
