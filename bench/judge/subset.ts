import type { ProcessingBase, Recipient } from '#libs/events';
import { judge, type Judging, type Rule } from '#libs/judge';
import type { Register } from '#libs/register';

/**
 * The part of the rule table that a general policy engine can be given without facts about the subject: purpose
 * declared, basis declared for the purpose, every category declared for the purpose, recipient declared for the purpose.
 * A category that the controller never has is declared for no purpose, so that needs no rule of its own there.
 */
const SUBSET: ReadonlySet<Rule> = new Set<Rule>([
  'purpose-undeclared',
  'basis-undeclared',
  'basis-not-stated',
  'category-undeclared',
  'category-excluded',
  'recipient-undeclared',
]);

/** One event, as the engines are asked about it. */
export interface Question {
  readonly judging: Judging;
  /** Picked beforehand, for the other engines as well. */
  readonly register: Register;
  readonly event: ProcessingBase;
  readonly recipient: Recipient | null;
}

/** An engine that says of every question whether all of the subset is as declared. */
export interface SubsetEngine {
  readonly name: string;
  readonly rules: string;
  /** The answer to the question of that index. */
  answer(index: number): boolean | Promise<boolean>;
}

/** The processing events among the judgings, up to `most`, that a register is in force for. */
export function questionsOf(judgings: readonly Judging[], most: number): Question[] {
  const questions: Question[] = [];
  for (const judging of judgings) {
    if (questions.length >= most) break;
    const { stream, event } = judging.event;
    const register = judging.registers.inForce(event.controller, event.occurredAt);
    if (stream === 'rights' || register === undefined) continue;
    questions.push({ judging, register, event, recipient: stream === 'sharing' ? event.recipient : null });
  }
  return questions;
}

/** Our judge. It cannot do less than its whole table, reasons included; of these the subset's are looked at. */
export function ownEngine(questions: readonly Question[]): SubsetEngine {
  return {
    name: 'judge',
    rules: 'all, with reasons',
    answer: (index) => !judge(questions[index]!.judging).reasons.some(({ rule }) => SUBSET.has(rule)),
  };
}
