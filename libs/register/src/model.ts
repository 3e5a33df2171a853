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
 * `clause` fields hold clause ids of the register file (a locator into the published policy, or an assumption of the
 * register's author). Durations are ISO 8601 (`P12M`); instants are ms since the epoch.
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
  readonly clauses: ReadonlyMap<string, Clause>;
  readonly purposes: ReadonlyMap<string, Purpose>;
  /** Clause that lists the purposes; what `purpose-undeclared` points at. */
  readonly purposesClause: string;
  /** Categories the controller declares it never has, to the clause that says so. */
  readonly excludedCategories: ReadonlyMap<string, string>;
  readonly registrationConsent: RegistrationConsent | null;
  /** Clause that says how consent is asked for; what `consent-not-specific` and the consent rules point at. */
  readonly consentClause: string | null;
  /** Clause on objections (Art. 21) and on restriction (Art. 18); null where the policy has none. */
  readonly objectionClause: string | null;
  readonly restrictionClause: string | null;
  /** null: the register is silent on transfers. */
  readonly transfers: Transfers | null;
  /** Clause `transfer-undeclared` points at: where the policy speaks of recipients. */
  readonly recipientsClause: string | null;
  readonly requests: TimeLimit | null;
  readonly erasureOnWithdrawal: TimeLimit | null;
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
  | 'electronic-or-personalised'
  | 'neither-electronic-nor-personalised'
  | 'dispute-open'
  | 'given-to-authority';

/** A customer relationship the basis presupposes. */
export interface Relationship {
  readonly clause: string;
  /** How long after the end of the last contract it lasts, ISO 8601; null: for ever once an order was placed. */
  readonly window: string | null;
  /** True where it is presupposed on electronic channels only. */
  readonly electronicOnly: boolean;
}

export interface DeclaredCategory {
  readonly clause: string;
  readonly condition: CategoryCondition | null;
}

export type CategoryCondition =
  | { readonly kind: 'basis'; readonly basis: LegalBasis }
  | { readonly kind: 'customer-type'; readonly customerType: CustomerType }
  | { readonly kind: 'action'; readonly action: OrderAction }
  | { readonly kind: 'judgement' };

export interface Retention {
  /** Rule for subjects who have or had a contract, or for everybody where `neverCustomer` is undefined. */
  readonly period: RetentionPeriod | null;
  /** Rule for subjects of whom no order was ever seen, where the register tells the two apart; null: not judged. */
  readonly neverCustomer: RetentionPeriod | null;
  /** True where the two rules differ (`period` then needs a contract). */
  readonly byRelationship: boolean;
  /** Categories that may be used but not stored. */
  readonly transient: readonly TransientCategory[];
}

export interface RetentionPeriod {
  readonly clause: string;
  /** ISO 8601. */
  readonly duration: string;
  readonly from: 'collection' | 'end-of-collection-year' | 'contract-end';
}

export interface TransientCategory {
  readonly category: string;
  readonly duration: string;
  readonly clause: string;
}

export interface DeclaredRecipient {
  readonly id: string;
  readonly clause: string;
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
  /** ISO 8601. */
  readonly within: string;
  /** True where the time is the author's assumption. */
  readonly assumed: boolean;
}
