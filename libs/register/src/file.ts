import type {
  CustomerType,
  LegalBasis,
  OrderAction,
  RecipientRole,
  RecipientUse,
  Safeguard,
  Undertaking,
} from '#libs/events';
import type { Circumstance } from './model.js';

/** A register file as written, once `schemas/register.schema.json` holds for it. The schema documents the fields. */
export interface RegisterFile {
  readonly hjemmel: 'register/1';
  readonly controller: string;
  readonly name: string;
  readonly countries?: readonly string[];
  readonly version: number;
  readonly inForce: { readonly from: string; readonly clause: string };
  readonly documents: Readonly<Record<string, { readonly file: string; readonly sha256: string }>>;
  readonly clauses: Readonly<Record<string, ClauseEntry>>;
  readonly statements: {
    readonly purposes: string;
    readonly recipients?: string;
    readonly consent?: string;
    readonly objection?: string;
    readonly restriction?: string;
  };
  readonly categoryGroups?: Readonly<Record<string, readonly string[]>>;
  readonly categoryIris?: Readonly<Record<string, string>>;
  readonly excludedCategories?: readonly { readonly clause: string; readonly list: readonly string[] }[];
  readonly registrationConsent?: { readonly clause: string; readonly except?: readonly string[] };
  readonly transfers: 'silent' | { readonly clause: string; readonly permitted: readonly Safeguard[] };
  readonly requests?: TimeLimitEntry;
  readonly erasureOnWithdrawal?: TimeLimitEntry;
  readonly purposes: Readonly<Record<string, PurposeEntry>>;
  readonly recipients: readonly RecipientEntry[];
}

export interface ClauseEntry {
  readonly summary: string;
  readonly at?: string;
  readonly assumption?: string;
}

export interface TimeLimitEntry {
  readonly clause: string;
  readonly within: string;
}

export interface PurposeEntry {
  readonly dpv: string;
  readonly clause: string;
  readonly directMarketing?: boolean;
  readonly bases: readonly BasisEntry[];
  readonly categories: readonly CategoriesEntry[];
  readonly retention?: readonly RetentionEntry[];
}

export interface BasisEntry {
  readonly basis: LegalBasis;
  readonly clause: string;
  readonly when?: readonly Circumstance[];
  readonly relationship?: { readonly clause: string; readonly window: string; readonly on?: 'electronic' };
}

export interface CategoriesEntry {
  readonly clause: string;
  readonly groups?: readonly string[];
  readonly list?: readonly string[];
  readonly when?:
    'judgement' | { readonly basis?: LegalBasis; readonly customerType?: CustomerType; readonly action?: OrderAction };
}

export interface RetentionEntry {
  readonly clause: string;
  readonly after: 'collection' | 'end-of-collection-year' | 'contract-end';
  readonly keep: string;
  readonly for?: 'never-customers';
  readonly category?: string;
}

export interface RecipientEntry {
  readonly id: string;
  readonly dpv: string;
  readonly clause: string;
  readonly names?: readonly string[];
  readonly roles?: 'any' | readonly RecipientRole[];
  readonly sectors?: readonly string[];
  readonly exceptSectors?: readonly string[];
  readonly uses?: readonly RecipientUse[];
  readonly undertakings?: readonly Undertaking[];
  readonly requires?: { readonly clause: string; readonly sectors: readonly string[] };
  readonly purposes: 'all' | readonly string[] | { readonly allExcept: readonly string[] };
}
