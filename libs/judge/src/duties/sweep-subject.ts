import type { Register, Registers } from '#libs/register';
import type { UseFact } from '../fact.js';
import type { SubjectFacts } from '../facts/subject-facts.js';
import type { Finding } from '../finding.js';
import { dutyText, identityOf, type DutyFinding, type DutyIdentity } from './duty.js';
import { openDuties, overdue, overdueByNow } from './judge-duties.js';

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
  /** The time of the sweep, ms; not before that of any earlier sweep of the subject. */
  readonly at: number;
  /** The register version of an id, in force or not; undefined: what was found by it stays as it is. */
  readonly resolve: (registerId: string) => Register | undefined;
  /** The digest of a text, as `DutyRecord.said` has it. */
  readonly digest: (text: string) => string;
}

export interface Swept {
  /** Findings to be made now. */
  readonly fresh: readonly DutyFinding[];
  /** Findings of which something else is to be said than was said last, by the register they were made by. */
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
export function sweepSubject(sweep: SubjectSweep): Swept {
  if (sweep.facts.exceededFrom <= sweep.at) return { fresh: [], amended: [], next: null };
  const uses = [...sweep.uses];
  const known = new Set(sweep.recorded.map(identityOf));
  const fresh = overdueByNow({ ...sweep, uses }).filter((finding) => !known.has(identityOf(finding)));
  const { amended, excused } = again(sweep, uses);
  const first = fresh.slice(0, SWEEP_LIMIT);
  const rest = amended.slice(0, SWEEP_LIMIT - first.length);
  const isCut = first.length + rest.length < fresh.length + amended.length;
  const settled = new Set([...known, ...fresh.map(identityOf)]);
  return { fresh: first, amended: rest, next: isCut ? sweep.at : nextOf(sweep, uses, settled, excused) };
}

/** What is to be said of the recorded findings now. */
function again(
  { facts, recorded, at, resolve, digest }: SubjectSweep,
  uses: readonly UseFact[],
): { amended: AmendedDuty[]; excused: [Register, Set<string>][] } {
  const byRegister = new Map<string, DutyRecord[]>();
  for (const record of recorded) {
    const list = byRegister.get(record.register);
    if (list === undefined) byRegister.set(record.register, [record]);
    else list.push(record);
  }
  const amended: AmendedDuty[] = [];
  const excused: [Register, Set<string>][] = [];
  for (const [id, records] of byRegister) {
    const register = resolve(id);
    if (register === undefined) continue;
    const look = { register, facts, uses, at, known: at };
    const now = new Map(overdue(look, register.inForceFrom).map((finding) => [identityOf(finding), finding]));
    const open = new Set<string>();
    for (const record of records) {
      const found = now.get(identityOf(record)) ?? excuse(record);
      if (found.finding.verdict === 'compliant') open.add(identityOf(record));
      const said = digest(dutyText(found));
      if (said !== record.said) amended.push({ record, finding: found.finding, dueAt: record.dueAt, said });
    }
    if (open.size > 0) excused.push([register, open]);
  }
  return { amended, excused };
}

/** The finding that nothing was overdue. */
function excuse({ duty, purpose, requestId, register, dueAt }: DutyRecord): DutyFinding {
  const finding: Finding = { verdict: 'compliant', reasons: [], assumptions: [], register };
  return { duty, purpose, requestId, dueAt, fulfilledAt: null, finding };
}

/**
 * @param settled identities that are found already
 * @param excused those of them of which nothing is overdue now, by the register that counts for them
 */
function nextOf(
  { registers, controller, facts, at }: SubjectSweep,
  uses: readonly UseFact[],
  settled: ReadonlySet<string>,
  excused: readonly [Register, ReadonlySet<string>][],
): number | null {
  if (facts.size === 0 && uses.length === 0) return null;
  let next = Infinity;
  const register = registers.inForce(controller, at);
  for (const duty of register === undefined ? [] : openDuties({ register, facts, uses, at })) {
    if (!settled.has(identityOf(duty))) next = Math.min(next, duty.dueAt + 1);
  }
  for (const [pinned, identities] of excused) {
    for (const duty of openDuties({ register: pinned, facts, uses, at })) {
      if (identities.has(identityOf(duty))) next = Math.min(next, duty.dueAt + 1);
    }
  }
  const later = registers.of(controller)?.find((version) => version.inForceFrom > at);
  next = Math.min(next, later?.inForceFrom ?? Infinity);
  // Events whose clock ran ahead are known and do not count yet.
  for (const fact of facts.all()) if (fact.at > at) next = Math.min(next, fact.at);
  for (const use of uses) if (use.at > at) next = Math.min(next, use.at);
  return next === Infinity ? null : next;
}
