import type { Register, Registers } from '#libs/register';
import type { UseFact } from '../fact.js';
import type { SubjectFacts } from '../facts/subject-facts.js';
import type { Finding } from '../finding.js';
import { doneAt, dutyText, identityOf, type DutyFinding, type DutyIdentity } from './duty.js';
import { lastInstantOf, openDuties, overdue, overdueByNow } from './judge-duties.js';

/** A duty finding that stands in the trail. */
export interface DutyRecord extends DutyIdentity {
  /** SHA-256 (hex) of the register version it was found by. */
  readonly register: string;
  /** When it was due by what was known then, ms: the entry's `occurredAt`. */
  readonly dueAt: number;
  /** Where the finding stands: the block in the chain of the subject's task, and the entry's place in it. */
  readonly block: number;
  readonly index: number;
  /** Digest (16 hex digits) of the {@link dutyText} of what was last said of it, by the finding or an amendment. */
  readonly said: string;
}

export interface SubjectSweep {
  readonly registers: Registers;
  readonly controller: string;
  readonly facts: SubjectFacts;
  /** See `Uses`. */
  readonly uses: Iterable<UseFact>;
  /** What stands in the trail of this subject's duties. */
  readonly recorded: readonly DutyRecord[];
  /** The time of the sweep, ms. What an earlier sweep as of a later time found is excused until it is due. */
  readonly at: number;
  /** The register version of an id, in force or not; undefined: what was found by it stays as it is. */
  readonly resolve: (registerId: string) => Register | undefined;
  /** The digest of a text, as `DutyRecord.said` has it. */
  readonly digest: (text: string) => string;
}

export interface Swept {
  /** Findings to be made now. */
  readonly fresh: readonly DutyFinding[];
  /** Findings of which something else is to be said than was said last. */
  readonly amended: readonly AmendedDuty[];
  /**
   * The first instant (ms) at which sweeping again may say something new if nothing new becomes known and the registers
   * stay; null: none will. `at` itself where this sweep was cut short by {@link SWEEP_LIMIT}.
   */
  readonly next: number | null;
}

export interface AmendedDuty {
  readonly record: DutyRecord;
  /** Compliant, without reasons, where by what is known now nothing was overdue. */
  readonly finding: Finding;
  /** The amended entry's, ms. */
  readonly dueAt: number;
  /** The record's `said` from now on. */
  readonly said: string;
}

/** How much one sweep of a subject says at most; the rest is said by the next. A million requests are not one block. */
export const SWEEP_LIMIT = 1_000;

/**
 * Sweeps the duties of one subject: what is found beside what stands in the trail, and what of that is no longer so. Pure.
 *
 * It finds what was overdue at any time up to `at`, so neither the order in which evidence comes nor how often is swept
 * makes a difference to what stands in the end: a violation stays, be it that a new contract puts off the end of the
 * period later on, and late evidence that it was none is said in an amendment. Doing it again says nothing.
 */
export function sweepSubject(given: SubjectSweep): Swept {
  if (given.facts.exceededFrom <= given.at) return { fresh: [], amended: [], next: null };
  const sweep = { ...given, uses: [...given.uses] };
  const known = new Set(sweep.recorded.map(identityOf));
  const fresh = overdueByNow(sweep).filter((finding) => !known.has(identityOf(finding)));
  const found = again(sweep);
  const amended = found.flatMap(({ record, finding }): AmendedDuty[] => {
    const said = sweep.digest(dutyText(finding));
    return said === record.said ? [] : [{ record, finding: finding.finding, dueAt: record.dueAt, said }];
  });
  const first = fresh.slice(0, SWEEP_LIMIT);
  const rest = amended.slice(0, SWEEP_LIMIT - first.length);
  if (first.length + rest.length < fresh.length + amended.length) {
    return { fresh: first, amended: rest, next: sweep.at };
  }
  return { fresh, amended, next: nextOf(sweep, fresh, found) };
}

/**
 * The duties of one subject that are overdue at `at`, or were fulfilled late, by what is known now: what stands in the
 * trail once it is swept then. `record`: the finding that stands there already; null: none does yet.
 */
export function standingDuties(
  given: Omit<SubjectSweep, 'digest'>,
): { readonly record: DutyRecord | null; readonly finding: DutyFinding }[] {
  if (given.facts.exceededFrom <= given.at) return [];
  const sweep = { ...given, uses: [...given.uses] };
  const recorded = new Set(sweep.recorded.map(identityOf));
  const fresh = overdueByNow(sweep).filter((finding) => !recorded.has(identityOf(finding)));
  const standing = again(sweep).filter(({ finding }) => finding.finding.verdict !== 'compliant');
  return [...standing, ...fresh.map((finding) => ({ record: null, finding }))];
}

/** A recorded finding and what is to be said of it now. */
interface Again {
  readonly record: DutyRecord;
  readonly finding: DutyFinding;
  /** The version that it was found by. */
  readonly register: Register;
}

/** What is to be said of the recorded findings now. A finding whose register is not to be had stays as it is. */
function again(sweep: Omit<SubjectSweep, 'digest'>): Again[] {
  const { registers, facts, uses, recorded, at, resolve } = sweep;
  return [...Map.groupBy(recorded, ({ register }) => register)].flatMap(([id, records]) => {
    const register = resolve(id);
    if (register === undefined) return [];
    const until = lastInstantOf(register, registers, at);
    const byThen = new Map<number, ReadonlyMap<string, DutyFinding>>();
    const asOf = (then: number): ReadonlyMap<string, DutyFinding> => {
      let found = byThen.get(then);
      if (found === undefined) {
        found = byIdentity(overdue({ register, facts, uses, at: then, known: at }, register.inForceFrom));
        byThen.set(then, found);
      }
      return found;
    };
    let later: ReadonlyMap<string, DutyFinding> | null = null;
    return records.map((record) => {
      const identity = identityOf(record);
      // What was found is held to the version that found it, even where another one is declared for that time since. What
      // falls due when that version is in force no more is a matter of later versions.
      const isBeyond = record.dueAt >= until;
      let finding = asOf(isBeyond ? at : until).get(identity);
      if (isBeyond && finding !== undefined && finding.dueAt > record.dueAt) {
        finding = asOf(Math.min(at, record.dueAt + 1)).get(identity);
      }
      if (finding === undefined || finding.fulfilledAt !== null) {
        later ??= byIdentity(overdueByNow(sweep, register.inForceFrom));
        const other = later.get(identity);
        if (other !== undefined && (finding === undefined || doneAt(other) > doneAt(finding))) finding = other;
      }
      return { record, finding: finding ?? excuse(record), register };
    });
  });
}

function byIdentity(findings: readonly DutyFinding[]): ReadonlyMap<string, DutyFinding> {
  return new Map(findings.map((finding) => [identityOf(finding), finding]));
}

/** The finding that nothing was overdue. */
function excuse({ duty, purpose, requestId, register, dueAt }: DutyRecord): DutyFinding {
  const finding: Finding = { verdict: 'compliant', reasons: [], assumptions: [], register };
  return { duty, purpose, requestId, dueAt, fulfilledAt: null, finding };
}

function nextOf(sweep: SubjectSweep, fresh: readonly DutyFinding[], found: readonly Again[]): number | null {
  const { registers, controller, facts, uses, recorded, at } = sweep;
  // Of a duty that is broken nothing more can fall due. One that is excused, or fulfilled, can be broken again.
  const settled = new Set(recorded.map(identityOf));
  for (const finding of fresh) settled.add(identityOf(finding));
  const over = [...fresh, ...found.map(({ finding }) => finding)].filter((finding) => !isBroken(finding));
  for (const finding of over) settled.delete(identityOf(finding));

  let next = Infinity;
  const look = (register: Register, counts: (identity: string) => boolean): void => {
    for (const duty of openDuties({ register, facts, uses, at })) {
      if (counts(identityOf(duty))) next = Math.min(next, duty.dueAt + 1);
    }
  };
  const register = registers.inForce(controller, at);
  if (register !== undefined) look(register, (identity) => !settled.has(identity));
  const pinned = Map.groupBy(
    found.filter(({ finding }) => !isBroken(finding)),
    ({ register }) => register,
  );
  for (const [register, those] of pinned) {
    const identities = new Set(those.map(({ record }) => identityOf(record)));
    look(register, (identity) => identities.has(identity));
  }

  // Events whose clock ran ahead are known and do not count yet.
  let isEmpty = true;
  for (const each of [...facts.all(), ...uses]) {
    isEmpty = false;
    if (each.at > at) next = Math.min(next, each.at);
  }
  const later = isEmpty ? undefined : registers.of(controller)?.find((version) => version.inForceFrom > at);
  next = Math.min(next, later?.inForceFrom ?? Infinity);
  return next === Infinity ? null : next;
}

/** Whether it was not fulfilled in time and still is not. */
function isBroken({ finding, fulfilledAt }: DutyFinding): boolean {
  return finding.verdict !== 'compliant' && fulfilledAt === null;
}
