import {
  LEGAL_BASES,
  MAX_NAME_LENGTH,
  MAX_NAMES,
  MAX_TEXT_LENGTH,
  MAX_UNDERTAKINGS,
  type StreamEvent,
} from '#libs/events';
import type { Random } from '../../apps/local/src/traffic/random.js';
import { HOSTILE_TEXTS } from './hostile.js';

/** Times that computing with has gone wrong somewhere: the ends of what is allowed, the epoch, leap days, beyond. */
const TIMES = [
  ...[-62_135_596_800_000, -62_135_596_800_001, 253_402_300_799_999, 253_402_300_800_000, 0, -1, 1, 2 ** 31, 2 ** 32],
  ...[Date.UTC(2024, 1, 29), Date.UTC(2023, 11, 31, 23, 59, 59, 999), 8.64e15, Number.MAX_SAFE_INTEGER - 1],
] as const;
const COUNTRIES = ['NO', 'CH', 'US', 'XX', '', 'no', 'EU', 'ZZ', 'GBR'];
const PURPOSES = ['marketing', 'contract', 'no-such-purpose', '__proto__', 'constructor'];

/** The event with one to three of its fields saying something else; it is written as events are, and mostly can be read. */
export function withOtherValues(event: StreamEvent, random: Random): StreamEvent {
  let changed = event;
  for (let i = random.int(1, 3); i > 0; i--) changed = withFields(changed, otherValue(changed, random));
  return changed;
}

/** The event with everything as long as it may be. */
export function atLimits(event: StreamEvent): StreamEvent {
  const name = 'n'.repeat(MAX_NAME_LENGTH);
  const names = Array.from({ length: MAX_NAMES }, () => name);
  const text = 't'.repeat(MAX_TEXT_LENGTH);
  const own = {
    orders: { orderId: name },
    marketing: {},
    sharing: {
      recipient: { name, role: 'processor', sector: name, country: 'NO' },
      undertakings: Array.from({ length: MAX_UNDERTAKINGS }, () => 'confidentiality'),
    },
    rights: { purposes: names, requestId: name, evidence: text },
  }[event.stream];
  const processing = event.stream === 'rights' ? {} : { dataCategories: names, justification: text };
  return withFields(event, { service: name, subject: name, ...processing, ...own });
}

/** The event with one thing that is longer than it may be. */
export function beyondLimits(event: StreamEvent, random: Random): StreamEvent {
  const long = 'x'.repeat(MAX_NAME_LENGTH + random.int(1, 5_000));
  const list = event.stream === 'rights' ? 'purposes' : 'dataCategories';
  const text = event.stream === 'rights' ? 'evidence' : 'justification';
  const many = Array.from({ length: MAX_NAMES + random.int(1, 2_000) }, () => 'email');
  return withFields(
    event,
    random.pick<object>([
      { [random.pick(['controller', 'service', 'subject'])]: long },
      { [list]: many },
      { [list]: ['email', long] },
      { [text]: 'y'.repeat(MAX_TEXT_LENGTH + random.int(1, 50_000)) },
    ]),
  );
}

function otherValue(event: StreamEvent, random: Random): object {
  const text = random.pick(HOSTILE_TEXTS);
  const time = random.chance(0.5)
    ? random.pick(TIMES)
    : event.event.occurredAt + random.int(-400 * 86_400_000, 2 * 86_400_000);
  const choices: object[] = [
    { occurredAt: time },
    { eventId: random.chance(0.3) ? text : random.uuid() },
    { [random.pick(['controller', 'service', 'subject'])]: text },
  ];
  if (event.stream === 'rights') {
    choices.push(
      { action: random.pick(['consent_given', 'consent_withdrawn', 'objection_raised', 'data_erased']) },
      { purposes: random.pick([[], [text], PURPOSES]), requestId: random.pick([null, text]) },
      { requestKind: random.pick([null, 'erasure', 'access']), evidence: text },
    );
    return random.pick(choices);
  }
  choices.push(
    { purpose: random.chance(0.5) ? text : random.pick(PURPOSES) },
    { legalBasis: random.pick(LEGAL_BASES) },
    { dataCategories: random.pick([[], [text], ['name', 'name', text], ['email', 'health', 'ssn']]) },
    { collectedAt: random.pick([null, ...TIMES]) },
    { justification: random.pick([null, text]) },
  );
  if (event.stream === 'sharing') {
    const country = random.pick(COUNTRIES);
    choices.push({ recipient: { ...event.event.recipient, country, name: text, sector: random.pick([null, text]) } });
  }
  if (event.stream === 'orders') choices.push({ orderId: text });
  return random.pick(choices);
}

function withFields(event: StreamEvent, fields: object): StreamEvent {
  return { stream: event.stream, event: { ...event.event, ...fields } } as StreamEvent;
}
