import type { StreamEvent } from '#libs/events';
import type { Registers, TransferLaw } from '#libs/register';
import type { DutyFinding } from './duties/duty.js';
import { judgeDuties } from './duties/judge-duties.js';
import { factOf, useOf, type UseFact } from './fact.js';
import { SubjectFacts } from './facts/subject-facts.js';
import type { Finding } from './finding.js';
import { judge } from './judge.js';
import { rejudge, type Judged } from './late.js';

interface Subject<T> {
  readonly controller: string;
  readonly subject: string;
  readonly facts: SubjectFacts;
  readonly uses: UseFact[];
  readonly history: Judged<T>[];
  /** The latest `occurredAt` judged so far: a fact after it can touch no finding. */
  latest: number;
}

/** A finding that takes the place of an earlier one, because evidence came late. */
export interface Amendment<T> {
  readonly ref: T;
  readonly event: StreamEvent;
  readonly finding: Finding;
}

/**
 * Judges events in order of arrival without any server, keeping everything in memory: what a publisher checks before
 * it publishes, and what the conformance cases run on.
 *
 * @typeParam T the caller's reference to an event (a line number)
 */
export class OfflineAudit<T> {
  private readonly subjects = new Map<string, Subject<T>>();

  constructor(
    private readonly registers: Registers,
    private readonly law: TransferLaw,
  ) {}

  /** Takes the next event; gives the finding on it and the amendments that it causes, in order of arrival. */
  accept(ref: T, event: StreamEvent, timestamp: number | null): { finding: Finding; amendments: Amendment<T>[] } {
    const subject = this.subjectOf(event);
    const fact = factOf(event);
    const isNew = fact !== null && subject.facts.add(fact);
    const use = useOf(event);
    if (use !== null) subject.uses.push(use);

    const judging = { event, timestamp, registers: this.registers, facts: subject.facts, law: this.law };
    const finding = judge(judging);
    const amendments: Amendment<T>[] = [];
    if (isNew && fact.at <= subject.latest) {
      for (const { index, finding: amended } of rejudge(subject.history, fact)) {
        const earlier = subject.history[index];
        if (earlier === undefined) continue;
        subject.history[index] = { ...earlier, finding: amended };
        amendments.push({ ref: earlier.ref, event: earlier.judging.event, finding: amended });
      }
    }
    subject.history.push({ judging, finding, ref });
    subject.latest = Math.max(subject.latest, event.event.occurredAt);
    return { finding, amendments };
  }

  /** The duties overdue at `at` (ms), by controller and subject. */
  duties(at: number): { controller: string; subject: string; duty: DutyFinding }[] {
    const keys = [...this.subjects.keys()].sort();
    return keys.flatMap((key) => {
      const subject = this.subjects.get(key);
      const register = subject && this.registers.inForce(subject.controller, at);
      if (subject === undefined || register === undefined) return [];
      const { facts, uses } = subject;
      return judgeDuties({ register, facts, uses, at }).map((duty) => ({
        controller: subject.controller,
        subject: subject.subject,
        duty,
      }));
    });
  }

  private subjectOf({ event: { controller, subject } }: StreamEvent): Subject<T> {
    const key = JSON.stringify([controller, subject]);
    let known = this.subjects.get(key);
    if (known === undefined) {
      known = { controller, subject, facts: new SubjectFacts(), uses: [], history: [], latest: -Infinity };
      this.subjects.set(key, known);
    }
    return known;
  }
}
