import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { CategoriesEntry, PurposeEntry, RecipientEntry, RegisterFile, RetentionEntry } from './file.js';
import type {
  CategoryCondition,
  Clause,
  DeclaredBasis,
  DeclaredCategory,
  DeclaredRecipient,
  Purpose,
  Register,
  Retention,
  RetentionPeriod,
  TimeLimit,
} from './model.js';
import { dayStart, parseLocator } from './check.js';
import { parsePeriod } from './period.js';

/** A checked register file in the form the judge reads. Pure. */
export function compileRegister(file: RegisterFile): Register {
  const assumed = (clause: string): boolean => file.clauses[clause]?.assumption !== undefined;
  const recipients = file.recipients.map((entry) => ({ entry, declared: compileRecipient(entry, assumed) }));
  const timeLimit = (entry: { clause: string; within: string } | undefined): TimeLimit | null =>
    entry === undefined
      ? null
      : { clause: entry.clause, within: parsePeriod(entry.within), assumed: assumed(entry.clause) };

  return {
    controller: file.controller,
    name: file.name,
    version: file.version,
    id: registerId(file),
    inForceFrom: dayStart(file.inForce.from),
    inForceClause: file.inForce.clause,
    inForceAssumed: assumed(file.inForce.clause),
    clauses: new Map(Object.keys(file.clauses).map((id) => [id, compileClause(file, id)])),
    purposes: new Map(
      Object.entries(file.purposes).map(([id, entry]) => [
        id,
        compilePurpose(
          id,
          entry,
          file,
          recipients.filter((r) => appliesTo(r.entry, id)).map((r) => r.declared),
          assumed,
        ),
      ]),
    ),
    statements: {
      purposes: file.statements.purposes,
      recipients: file.statements.recipients ?? null,
      consent: file.statements.consent ?? null,
      objection: file.statements.objection ?? null,
      restriction: file.statements.restriction ?? null,
    },
    excludedCategories: new Map(
      (file.excludedCategories ?? []).flatMap((entry) => entry.list.map((c) => [c, entry.clause] as const)),
    ),
    registrationConsent:
      file.registrationConsent === undefined
        ? null
        : { clause: file.registrationConsent.clause, except: new Set(file.registrationConsent.except) },
    transfers:
      file.transfers === 'silent'
        ? null
        : { clause: file.transfers.clause, permitted: new Set(file.transfers.permitted) },
    requests: timeLimit(file.requests),
    erasureOnWithdrawal: timeLimit(file.erasureOnWithdrawal),
  };
}

/**
 * The register's identity: SHA-256 (lower-case hex) of the file's content in canonical JSON (RFC 8785), so that
 * comments, order of keys and layout do not change it.
 */
export function registerId(file: RegisterFile): string {
  return createHash('sha256')
    .update(canonicalize(file) ?? '')
    .digest('hex');
}

function compileClause(file: RegisterFile, id: string): Clause {
  const { summary, at, assumption } = file.clauses[id] ?? { summary: '' };
  const place = at === undefined ? null : parseLocator(at);
  const document = place === null ? undefined : file.documents[place.document];
  return {
    id,
    summary,
    assumption: assumption ?? null,
    locator:
      place === null || document === undefined
        ? null
        : { document: document.file, sha256: document.sha256, fromLine: place.fromLine, toLine: place.toLine },
  };
}

type Assumed = (clause: string) => boolean;

function compilePurpose(
  id: string,
  entry: PurposeEntry,
  file: RegisterFile,
  recipients: readonly DeclaredRecipient[],
  assumed: Assumed,
): Purpose {
  const bases = entry.bases.map((b): DeclaredBasis => ({
    basis: b.basis,
    clause: b.clause,
    assumed: assumed(b.clause),
    applies: b.when ?? [],
    relationship:
      b.relationship === undefined
        ? null
        : {
            clause: b.relationship.clause,
            window: b.relationship.window === 'forever' ? null : parsePeriod(b.relationship.window),
            electronicOnly: b.relationship.on === 'electronic',
          },
  }));
  return {
    id,
    dpv: entry.dpv,
    clause: entry.clause,
    directMarketing: entry.directMarketing ?? false,
    bases,
    basesAssumed: bases.every((b) => b.assumed),
    basesClause: bases[0]?.clause ?? entry.clause,
    categories: new Map(entry.categories.flatMap((c) => compileCategories(c, file, assumed))),
    categoriesClause: entry.categories[0]?.clause ?? entry.clause,
    retention: compileRetention(entry.retention ?? [], assumed),
    recipients,
  };
}

function compileCategories(entry: CategoriesEntry, file: RegisterFile, assumed: Assumed): [string, DeclaredCategory][] {
  const names = [...(entry.groups ?? []).flatMap((g) => file.categoryGroups?.[g] ?? []), ...(entry.list ?? [])];
  const declared = { clause: entry.clause, assumed: assumed(entry.clause), condition: compileCondition(entry.when) };
  return names.map((name) => [name, declared]);
}

function compileCondition(when: CategoriesEntry['when']): CategoryCondition | null {
  if (when === undefined) return null;
  if (when === 'judgement') return { kind: 'judgement' };
  if (when.basis !== undefined) return { kind: 'basis', basis: when.basis };
  if (when.customerType !== undefined) return { kind: 'customer-type', customerType: when.customerType };
  return when.action === undefined ? null : { kind: 'action', action: when.action };
}

function compileRetention(entries: readonly RetentionEntry[], assumed: Assumed): Retention | null {
  if (entries.length === 0) return null;
  const period = (e: RetentionEntry | undefined): RetentionPeriod | null =>
    e === undefined ? null : { clause: e.clause, assumed: assumed(e.clause), keep: parsePeriod(e.keep), from: e.after };
  const general = entries.find((e) => e.category === undefined && e.for === undefined);
  const never = entries.find((e) => e.category === undefined && e.for === 'never-customers');
  return {
    customer: period(general),
    // A period that counts from the contract's end says nothing of people who never had one.
    neverCustomer: period(never ?? (general?.after === 'contract-end' ? undefined : general)),
    transient: entries.flatMap((e) =>
      e.category === undefined
        ? []
        : [{ category: e.category, keep: parsePeriod(e.keep), clause: e.clause, assumed: assumed(e.clause) }],
    ),
  };
}

function compileRecipient(entry: RecipientEntry, assumed: Assumed): DeclaredRecipient {
  return {
    id: entry.id,
    dpv: entry.dpv,
    clause: entry.clause,
    assumed: assumed(entry.clause),
    names: entry.names?.map((name) => name.toLowerCase()) ?? null,
    roles: entry.roles === undefined || entry.roles === 'any' ? null : entry.roles,
    sectors: entry.sectors ?? null,
    exceptSectors: entry.exceptSectors ?? [],
    uses: entry.uses ?? null,
    undertakings: entry.undertakings ?? [],
    requires: entry.requires ?? null,
  };
}

function appliesTo({ purposes }: RecipientEntry, purpose: string): boolean {
  if (purposes === 'all') return true;
  return 'allExcept' in purposes ? !purposes.allExcept.includes(purpose) : purposes.includes(purpose);
}
