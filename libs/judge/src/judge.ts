import type { StreamEvent } from '#libs/events';
import type { Purpose, Register, Registers, TransferLaw } from '#libs/register';
import type { SubjectFacts } from './facts/subject-facts.js';
import { RULES, type Finding, type Reason, type Verdict } from './finding.js';
import { judgeBasis } from './rules/basis.js';
import { fire, type Case, type ProcessingEvent } from './rules/case.js';
import { judgeCategories, judgeExcludedCategories } from './rules/categories.js';
import { judgeConsent, judgeSpecificity } from './rules/consent.js';
import { judgeObjection } from './rules/objection.js';
import { quote } from './rules/quote.js';
import { judgeRecipient } from './rules/recipient.js';
import { judgeRestriction } from './rules/restriction.js';
import { judgeRetention } from './rules/retention.js';
import { judgeTransfer } from './rules/transfer.js';

export interface Judging {
  readonly event: StreamEvent;
  /** The record's Kafka timestamp, ms; null where there is none, and the publisher's clock is then not judged. */
  readonly timestamp: number | null;
  readonly registers: Registers;
  /** What is known of the event's subject under its controller, the event itself included. */
  readonly facts: SubjectFacts;
  readonly law: TransferLaw;
  /** Judge by this version, whatever is in force: the one an earlier finding on the event was made by. */
  readonly register?: Register;
}

/** How far a publisher's clock may run ahead of the record's Kafka timestamp, ms. */
const CLOCK_TOLERANCE = 5 * 60_000;

/**
 * The verdict on one event: a pure function of the event, the register version in force at its `occurredAt`, the
 * transfer law and the subject's facts not later than the event. The order in which things arrived has no part in it.
 */
export function judge({ event: given, timestamp, registers, facts, law, register: pinned }: Judging): Finding {
  const { controller, occurredAt } = given.event;
  const { reasons, assumptions } = collected;
  reasons.length = assumptions.length = 0;
  const register = pinned ?? registers.inForce(controller, occurredAt);
  if (register === undefined) judgeRegister({ reasons }, controller, registers);
  if (timestamp !== null && occurredAt > timestamp + CLOCK_TOLERANCE) {
    const message = 'the event claims a time more than 5 minutes after it was recorded in Kafka';
    fire({ reasons }, 'clock-implausible', 'gap', null, message);
  }
  const exceeded = register !== undefined && occurredAt >= facts.exceededFrom && given.stream !== 'rights';
  if (exceeded) {
    const message = 'more is on record of this subject than can be held against an event; a person must look';
    fire({ reasons }, 'facts-exceeded', 'gap', null, message);
  }
  if (register === undefined) return conclude(reasons, noAssumptions(controller, registers), null);
  if (given.stream === 'rights') {
    judgeSpecificity({ reasons, register }, given.event);
    return conclude(reasons, NONE, register);
  }
  judgeProcessing(toCase(given, register, exceeded ? null : facts, law, reasons, assumptions));
  return conclude(reasons, assumptions, register);
}

/** What fires and is relied on in the judging under way: mostly nothing, which then costs nothing. */
const collected = { reasons: [] as Reason[], assumptions: [] as string[] };

/** The finding on a record that is no event. `fault` says what is wrong with it, without any of its content. */
export function unreadable(fault: string): Finding {
  return {
    verdict: 'unreadable',
    reasons: [{ rule: 'event-unreadable', effect: 'unreadable', clause: null, message: fault }],
    assumptions: NONE,
    register: null,
  };
}

const NONE: readonly string[] = [];

function judgeRegister(c: Pick<Case, 'reasons'>, controller: string, registers: Registers): void {
  const earliest = registers.of(controller)?.[0];
  if (earliest === undefined) {
    fire(c, 'controller-unknown', 'gap', null, `no register is known for the controller ${quote(controller)}`);
  } else {
    const from = new Date(earliest.inForceFrom).toISOString().slice(0, 10);
    const message = `the first register of ${quote(controller)} is in force from ${from}, after the event`;
    fire(c, 'register-not-in-force', 'gap', earliest.inForceClause, message);
  }
}

/** The day a register begins may itself be an assumption, and the finding that none was in force rests on it. */
function noAssumptions(controller: string, registers: Registers): readonly string[] {
  const earliest = registers.of(controller)?.[0];
  return earliest?.inForceAssumed === true ? [earliest.inForceClause] : NONE;
}

function toCase(
  given: ProcessingEvent,
  register: Register,
  facts: SubjectFacts | null,
  law: TransferLaw,
  reasons: Reason[],
  assumptions: string[],
): Case {
  return {
    event: given.event,
    order: given.stream === 'orders' ? given.event : null,
    marketing: given.stream === 'marketing' ? given.event : null,
    sharing: given.stream === 'sharing' ? given.event : null,
    register,
    facts,
    law,
    reasons,
    assumptions,
  };
}

function judgeProcessing(c: Case): void {
  const purpose = c.register.purposes.get(c.event.purpose);
  if (purpose === undefined) {
    judgeUndeclaredPurpose(c);
    return;
  }
  judgeBasis(c, purpose);
  judgeCategories(c, purpose);
  judgeConsent(c, purpose);
  judgeObjection(c, purpose);
  judgeRestriction(c);
  judgeRetention(c, purpose);
  if (c.sharing !== null) {
    judgeRecipient(c, purpose, c.sharing);
    judgeTransfer(c, c.sharing);
  }
}

/** What can still be judged where the register has no such purpose. */
function judgeUndeclaredPurpose(c: Case): void {
  const known: readonly Purpose['id'][] = [...c.register.purposes.keys()];
  const message = `${quote(c.event.purpose)} is none of the ${known.length} declared purposes`;
  fire(c, 'purpose-undeclared', 'violation', c.register.statements.purposes, message);
  judgeExcludedCategories(c);
  judgeRestriction(c);
  if (c.sharing !== null) judgeTransfer(c, c.sharing);
}

const RANK = new Map(RULES.map((rule, i) => [rule, i]));

/** Orders the reasons as the rule table does, one a rule, and takes the verdict from them. */
function conclude(reasons: Reason[], assumptions: readonly string[], register: Register | null): Finding {
  if (reasons.length === 0 && register !== null) return compliant(assumptions, register);
  const id = register?.id ?? null;
  const cited = register === null ? NONE : assumptionsCited(reasons, register);
  const rests = unique([...assumptions, ...cited]);
  return { verdict: verdictOf(reasons), reasons: inOrder(reasons), assumptions: rests, register: id };
}

/**
 * There are few ways to be compliant: by register, and by what is relied on that is assumed. A finding is made once for each,
 * and is the same object every time.
 */
function compliant(assumptions: readonly string[], register: Register): Finding {
  let known = compliantBy.get(register);
  if (known === undefined) compliantBy.set(register, (known = new Map<string, Finding>()));
  const key = assumptions.length < 2 ? (assumptions[0] ?? '') : assumptions.join();
  let finding = known.get(key);
  if (finding === undefined) {
    // In what order a publisher names categories is without end.
    if (known.size >= MOST_COMPLIANT) known.clear();
    finding = { verdict: 'compliant', reasons: NO_REASONS, assumptions: unique(assumptions), register: register.id };
    known.set(key, finding);
  }
  return finding;
}

const MOST_COMPLIANT = 1_000;
const compliantBy = new WeakMap<Register, Map<string, Finding>>();

function unique(clauses: readonly string[]): readonly string[] {
  return clauses.length === 0 ? NONE : [...new Set(clauses)].sort();
}

/** A reason may point at a clause that is itself an assumption, such as one on a right that the policy is silent on. */
function assumptionsCited(reasons: readonly Reason[], { clauses }: Register): string[] {
  return reasons.flatMap(({ clause }) => {
    const cited = clause === null ? undefined : clauses.get(clause);
    return cited !== undefined && cited.assumption !== null ? [cited.id] : [];
  });
}

const NO_REASONS: readonly Reason[] = [];

/** Violation outranks gap. */
function verdictOf(reasons: readonly Reason[]): Verdict {
  return reasons.some((reason) => reason.effect === 'violation') ? 'violation' : 'gap';
}

function inOrder(reasons: readonly Reason[]): readonly Reason[] {
  if (reasons.length === 1) return [...reasons];
  const byRule = new Map<string, Reason>();
  for (const reason of reasons) {
    const other = byRule.get(reason.rule);
    // One rule may fire twice (a judgement on a category and one on a restriction): the reasons become one.
    byRule.set(
      reason.rule,
      other === undefined ? reason : { ...other, message: `${other.message}; ${reason.message}` },
    );
  }
  return [...byRule.values()].sort((a, b) => (RANK.get(a.rule) ?? 0) - (RANK.get(b.rule) ?? 0));
}
