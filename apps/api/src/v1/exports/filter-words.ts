import { toIsoTime } from '#libs/events';
import { KINDS, RULE_TITLES, STATUSES, VERDICTS, wordFor } from '../words.js';

/** Legal name of a controller; the id where no register tells it. */
export type NameOf = (controller: string) => string;

/** Parameters by what people call them, and the words for their values. */
const NAMES: Readonly<Record<string, readonly [name: string, words?: Readonly<Record<string, string>>]>> = {
  controller: ['controller'],
  verdict: ['verdict', VERDICTS],
  rule: ['rule', RULE_TITLES],
  clause: ['clause'],
  purpose: ['purpose'],
  service: ['service'],
  kind: ['kind', KINDS],
  problem: ['problem'],
  status: ['status', STATUSES],
  assignee: ['assigned to'],
  occurredFrom: ['occurred from'],
  occurredTo: ['occurred before'],
  recordedFrom: ['recorded from'],
  recordedTo: ['recorded before'],
};

const SORTS: Readonly<Record<string, string>> = {
  '-occurredAt': 'when it occurred, the latest first',
  occurredAt: 'when it occurred, the earliest first',
  '-recordedAt': 'when it was recorded, the latest first',
  recordedAt: 'when it was recorded, the earliest first',
  '-openedAt': 'when it came up, the latest first',
  openedAt: 'when it came up, the earliest first',
  '-lastSeen': 'when it was seen last, the latest first',
  lastSeen: 'when it was seen last, the earliest first',
  '-firstSeen': 'when it was seen first, the latest first',
  firstSeen: 'when it was seen first, the earliest first',
  '-findings': 'findings, the most first',
  findings: 'findings, the fewest first',
  '-people': 'people, the most first',
  people: 'people, the fewest first',
};

/**
 * What was asked for, in a sentence: `Only those with controller Acme AB; rule No consent or Consent withdrawn.`
 *
 * @param query as handlers get it: lists of texts, and times in ms
 */
export function filterWords(query: Readonly<Record<string, unknown>>, nameOf: NameOf): string {
  const parts = Object.entries(NAMES).flatMap(([parameter, [name, words = {}]]) => {
    const value = query[parameter];
    if (value === undefined) return [];
    if (typeof value === 'number') return [`${name} ${toIsoTime(value)}`];
    const said = (value as string[]).map((code) => (parameter === 'controller' ? nameOf(code) : wordFor(words, code)));
    return [`${name} ${anyOf.format(said)}`];
  });
  return parts.length === 0 ? 'All of them.' : `Only those with ${parts.join('; ')}.`;
}

/** @param sort a sort parameter of findings or problems */
export function sortWords(sort: string): string {
  return `Sorted by ${wordFor(SORTS, sort)}.`;
}

const anyOf = new Intl.ListFormat('en', { type: 'disjunction' });
