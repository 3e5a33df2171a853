/** The rules: a short title, what it means when one fires, and what it asks, to which yes is well. */
import type { Rule } from '../../api/rules.js';

interface RuleText {
  readonly title: string;
  readonly text: string;
  readonly question: string;
}

export const rules = {
  'controller-unknown': {
    title: 'Unknown controller',
    text: 'There is no register for the company that the event names, so there is nothing to hold it against.',
    question: 'Is there a register for the controller?',
  },
  'register-not-in-force': {
    title: 'Before the policy was in force',
    text: 'The event happened before any version of the policy was in force.',
    question: 'Was a register in force when it took place?',
  },
  'clock-implausible': {
    title: 'Clock implausible',
    text: 'The event claims to have happened more than five minutes after it was recorded.',
    question: 'Is its time plausible, held against when Kafka got it?',
  },
  'facts-exceeded': {
    title: 'Too much history to judge',
    text: 'More is known about this person than the judge reads, so a person must look.',
    question: 'Is what is known of the person little enough to be held against it?',
  },
  'purpose-undeclared': {
    title: 'Purpose not declared',
    text: 'Data was used for a purpose that the policy does not name.',
    question: 'Is the purpose declared?',
  },
  'basis-undeclared': {
    title: 'Legal basis not declared',
    text: 'The policy states legal bases for this purpose, and the one claimed is not among them.',
    question: 'Is the legal basis declared for the purpose?',
  },
  'basis-not-stated': {
    title: 'Policy states no legal basis',
    text: 'The policy names no legal basis for this purpose, and the one claimed is not the assumed one.',
    question: 'Does the policy itself state the basis?',
  },
  'basis-not-applicable': {
    title: 'Legal basis does not apply here',
    text: 'The basis is declared for the purpose, but not under these circumstances.',
    question: 'Is the basis declared for these circumstances?',
  },
  'relationship-required': {
    title: 'No customer relationship',
    text: 'The basis presupposes a customer relationship, which the person does not have or no longer has.',
    question: 'Is the person the customer that the basis presupposes?',
  },
  'category-undeclared': {
    title: 'Data category not declared',
    text: 'A category of data was used that the policy does not name for this purpose.',
    question: 'Is every data category declared for the purpose?',
  },
  'category-excluded': {
    title: 'Data the company says it never has',
    text: 'A category of data was used that the policy says is never collected.',
    question: 'Is none of the data of a kind that is never to be had?',
  },
  'category-condition-unmet': {
    title: 'Condition on data not met',
    text: 'The policy allows this category only under a condition, and the event shows it is not met.',
    question: 'Are the conditions met under which categories are declared?',
  },
  'judgement-required': {
    title: 'Needs a human judgement',
    text: 'The policy leaves it to people to judge; a justification is stated, and somebody must weigh it.',
    question: 'Is it free of anything that only people can judge?',
  },
  'consent-missing': {
    title: 'No consent',
    text: 'The event relies on consent, and none was ever given for this purpose.',
    question: 'Was consent given for the purpose?',
  },
  'consent-withdrawn': {
    title: 'Consent withdrawn',
    text: 'The event relies on consent that the person had already withdrawn.',
    question: 'Did the consent still stand?',
  },
  'consent-not-specific': {
    title: 'Consent not specific',
    text: 'A consent was recorded that names no purpose, so it covers none.',
    question: 'Does the consent name its purposes?',
  },
  'objection-ignored': {
    title: 'Objection ignored',
    text: 'The person had objected, and the data was used all the same.',
    question: 'Does no objection stand in its way?',
  },
  'objection-overridden': {
    title: 'Objection overridden',
    text: 'The person had objected; a compelling ground is stated, and somebody must weigh it.',
    question: 'Is no objection overridden by a stated ground?',
  },
  'restriction-ignored': {
    title: 'Restriction ignored',
    text: 'Processing of the person’s data was restricted, and it was used all the same.',
    question: 'Does no restriction stand in its way?',
  },
  'retention-exceeded': {
    title: 'Data kept too long',
    text: 'The data used was older than the policy lets it be kept for this purpose.',
    question: 'Is the data no older than it may be kept for the purpose?',
  },
  'recipient-undeclared': {
    title: 'Recipient not declared',
    text: 'Data went to a recipient that the policy does not name for this purpose.',
    question: 'Is the recipient declared for the purpose?',
  },
  'recipient-use-undeclared': {
    title: 'Recipient uses data beyond the policy',
    text: 'The recipient is declared, but uses the data for more than is declared.',
    question: 'Does the recipient use the data as declared?',
  },
  'recipient-condition-unmet': {
    title: 'Condition on recipient not met',
    text: 'The policy allows the recipient only under a condition, which is not met.',
    question: 'Is the recipient what it is declared to be?',
  },
  'undertaking-missing': {
    title: 'Undertaking missing',
    text: 'The recipient has not given the undertaking that the policy promises.',
    question: 'Are the declared undertakings given?',
  },
  'transfer-undeclared': {
    title: 'Transfer not declared',
    text: 'Data left the EEA, and the policy is silent on transfers.',
    question: 'Does the register say anything of a transfer out of the EEA?',
  },
  'transfer-not-permitted': {
    title: 'Transfer without a permitted ground',
    text: 'Data left the EEA on a ground that is absent, or that the policy does not allow.',
    question: 'Is there a permitted ground for the transfer?',
  },
  'event-unreadable': {
    title: 'Unreadable record',
    text: 'The record cannot be decoded, or breaks the rules of its schema.',
    question: 'Can the record be read?',
  },
  'request-overdue': {
    title: 'Request answered late or not at all',
    text: 'A person’s request was not answered within the time that the policy gives.',
    question: 'Was the request answered in time?',
  },
  'retention-overdue': {
    title: 'Not erased in time',
    text: 'The declared period has ended, and no erasure or anonymisation is on record.',
    question: 'Was the data erased when its period ended?',
  },
  'erasure-overdue': {
    title: 'Not erased after withdrawal',
    text: 'Consent was withdrawn, and its data was not erased in the time that the policy gives.',
    question: 'Was the data erased in time after consent was withdrawn?',
  },
} as const satisfies Record<Rule, RuleText>;
