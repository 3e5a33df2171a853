import { toIsoTime } from '#libs/events';

/** Parameters by what people call them. */
const NAMES: Readonly<Record<string, string>> = {
  controller: 'controller',
  verdict: 'verdict',
  rule: 'rule',
  clause: 'clause',
  purpose: 'purpose',
  service: 'service',
  kind: 'kind',
  problem: 'problem',
  status: 'status',
  assignee: 'assigned to',
  occurredFrom: 'occurred from',
  occurredTo: 'occurred before',
  recordedFrom: 'recorded from',
  recordedTo: 'recorded before',
};

/**
 * What was asked for, in a sentence: `Controller janus; rule consent-missing or consent-withdrawn; newest occurredAt first.`
 *
 * @param query as handlers get it: lists of texts, and times in ms
 */
export function filterWords(query: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(NAMES).flatMap(([parameter, name]) => {
    const value = query[parameter];
    if (value === undefined) return [];
    return [`${name} ${typeof value === 'number' ? toIsoTime(value) : anyOf.format(value as string[])}`];
  });
  return parts.length === 0 ? 'All of them.' : `Only those with ${parts.join('; ')}.`;
}

const anyOf = new Intl.ListFormat('en', { type: 'disjunction' });
