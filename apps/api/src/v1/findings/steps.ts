import { RULES, type Rule } from '#libs/judge';
import type { Shape } from '#libs/views';

/** One question that judging asks, and what came of it. */
export interface Step {
  /** Place of the rule in the table, from 1. */
  readonly number: number;
  readonly rule: Rule;
  readonly question: string;
  readonly outcome: 'fired' | 'passed' | 'not judged';
  readonly effect: 'violation' | 'gap' | 'unreadable' | null;
}

type Said = Pick<Shape, 'kind' | 'legalBasis' | 'reasons'>;

/** How the rules are put to people, and which entries each is put to. */
const QUESTIONS: Readonly<Record<Rule, readonly [question: string, concerns: (said: Said) => boolean]>> = {
  'controller-unknown': ['Is there a register for the controller?', isEvent],
  'register-not-in-force': ['Was a register in force when it took place?', isEvent],
  'clock-implausible': ['Is its time plausible, held against when Kafka got it?', isEvent],
  'facts-exceeded': ['Is what is known of the person little enough to be held against it?', isProcessing],
  'purpose-undeclared': ['Is the purpose declared?', isProcessing],
  'basis-undeclared': ['Is the legal basis declared for the purpose?', isProcessing],
  'basis-not-stated': ['Does the policy itself state the basis?', isProcessing],
  'basis-not-applicable': ['Is the basis declared for these circumstances?', isProcessing],
  'relationship-required': ['Is the person the customer that the basis presupposes?', isProcessing],
  'category-undeclared': ['Is every data category declared for the purpose?', isProcessing],
  'category-excluded': ['Is none of the data of a kind that is never to be had?', isProcessing],
  'category-condition-unmet': ['Are the conditions met under which categories are declared?', isProcessing],
  'judgement-required': ['Is it free of anything that only people can judge?', isProcessing],
  'consent-missing': ['Was consent given for the purpose?', onConsent],
  'consent-withdrawn': ['Did the consent still stand?', onConsent],
  'consent-not-specific': ['Does the consent name its purposes?', ({ kind }) => kind === 'rights'],
  'objection-ignored': ['Does no objection stand in its way?', isProcessing],
  'objection-overridden': ['Is no objection overridden by a stated ground?', isProcessing],
  'restriction-ignored': ['Does no restriction stand in its way?', isProcessing],
  'retention-exceeded': ['Is the data no older than it may be kept for the purpose?', isProcessing],
  'recipient-undeclared': ['Is the recipient declared for the purpose?', isSharing],
  'recipient-use-undeclared': ['Does the recipient use the data as declared?', isSharing],
  'recipient-condition-unmet': ['Is the recipient what it is declared to be?', isSharing],
  'undertaking-missing': ['Are the declared undertakings given?', isSharing],
  'transfer-undeclared': ['Does the register say anything of a transfer out of the EEA?', isSharing],
  'transfer-not-permitted': ['Is there a permitted ground for the transfer?', isSharing],
  'event-unreadable': ['Can the record be read?', ({ kind }) => kind !== 'duty'],
  'request-overdue': ['Was the request answered in time?', isDuty('request-overdue')],
  'retention-overdue': ['Was the data erased when its period ended?', isDuty('retention-overdue')],
  'erasure-overdue': ['Was the data erased in time after consent was withdrawn?', isDuty('erasure-overdue')],
};

/** Rules behind which the rest is not judged. */
const STOPS: readonly Rule[] = ['controller-unknown', 'register-not-in-force'];
/** What is judged of an event before its register is looked into. */
const BEFORE_REGISTER: readonly Rule[] = [...STOPS, 'clock-implausible', 'event-unreadable'];
/** What is still judged where the purpose is not declared (contract, "How rules combine"). */
const WITHOUT_PURPOSE: readonly Rule[] = [
  ...BEFORE_REGISTER,
  'facts-exceeded',
  'purpose-undeclared',
  'category-excluded',
  'judgement-required',
  'restriction-ignored',
  'transfer-undeclared',
  'transfer-not-permitted',
];

/** The rules in the order of their table, and what came of each. */
export function stepsOf(said: Said): Step[] {
  const fired = new Map(said.reasons.map(({ rule, effect }) => [rule, effect]));
  const asked = STOPS.some((rule) => fired.has(rule))
    ? BEFORE_REGISTER
    : fired.has('purpose-undeclared')
      ? WITHOUT_PURPOSE
      : RULES;
  return RULES.map((rule, i) => {
    const [question, concerns] = QUESTIONS[rule];
    const effect = fired.get(rule) ?? null;
    const judged = asked.includes(rule) && concerns(said);
    return {
      number: i + 1,
      rule,
      question,
      outcome: effect !== null ? 'fired' : judged ? 'passed' : 'not judged',
      effect,
    };
  });
}

function isEvent({ kind }: Said): boolean {
  return kind !== 'duty' && kind !== 'unreadable';
}

function isProcessing({ kind }: Said): boolean {
  return kind === 'orders' || kind === 'marketing' || kind === 'sharing';
}

function isSharing({ kind }: Said): boolean {
  return kind === 'sharing';
}

function onConsent(said: Said): boolean {
  return isProcessing(said) && said.legalBasis === 'consent';
}

/** A duty is swept by its own rule alone. */
function isDuty(rule: Rule): (said: Said) => boolean {
  return ({ kind, reasons }) => kind === 'duty' && reasons.some((reason) => reason.rule === rule);
}
