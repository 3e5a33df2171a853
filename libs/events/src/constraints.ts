import { COUNTRIES } from './countries.js';
import type { StreamEvent } from './event.js';
import { MAX_ITEMS, MAX_NAME_LENGTH, MAX_NAMES, MAX_TEXT_LENGTH, MAX_UNDERTAKINGS } from './limits.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** 0001-01-01T00:00:00.000Z; data may have been collected long ago. */
const FIRST_INSTANT = -62_135_596_800_000;
/** 9999-12-31T23:59:59.999Z, the last instant ISO 8601 writes with four digits of year. */
const LAST_INSTANT = 253_402_300_799_999;

/**
 * What the schemas say in words and Avro cannot check: UUIDs (RFC 9562), instants of the years 1 to 9999,
 * assigned countries (ISO 3166-1), ids that are not empty, and nothing beyond its limit (see `limits.ts`).
 *
 * @returns the fault, naming the field and never its content; null where there is none. The first alone: the hot path
 *   asks only whether there is one.
 */
export function constraintFault({ stream, event }: StreamEvent): string | null {
  if (!UUID.test(event.eventId)) return UUID_FAULT;
  if (!isInstant(event.occurredAt)) return instantFault('occurredAt');
  const named =
    idFault('controller', event.controller) ?? idFault('service', event.service) ?? idFault('subject', event.subject);
  if (named !== null) return named;
  if (stream === 'rights') {
    return (
      namesFault('purposes', event.purposes) ??
      lengthFault('requestId', event.requestId, MAX_NAME_LENGTH) ??
      lengthFault('evidence', event.evidence, MAX_TEXT_LENGTH)
    );
  }
  if (event.collectedAt !== null && !isInstant(event.collectedAt)) return instantFault('collectedAt');
  const processing =
    idFault('purpose', event.purpose) ??
    namesFault('dataCategories', event.dataCategories) ??
    lengthFault('justification', event.justification, MAX_TEXT_LENGTH);
  if (processing !== null || stream === 'marketing') return processing;
  if (stream === 'orders') return lengthFault('orderId', event.orderId, MAX_NAME_LENGTH);
  const { recipient, undertakings } = event;
  if (!COUNTRIES.has(recipient.country)) return COUNTRY_FAULT;
  if (undertakings.length > MAX_UNDERTAKINGS) return countFault('undertakings', undertakings.length, MAX_UNDERTAKINGS);
  return (
    lengthFault('recipient.name', recipient.name, MAX_NAME_LENGTH) ??
    lengthFault('recipient.sector', recipient.sector, MAX_NAME_LENGTH)
  );
}

/** The same constraints of one field, for readers that report every fault; null where the field has none or holds. */
export function fieldFault(path: string, value: string | number): string | null {
  switch (path) {
    case 'eventId':
      return UUID.test(value as string) ? null : UUID_FAULT;
    case 'occurredAt':
    case 'collectedAt':
      return isInstant(value as number) ? null : instantFault(path);
    case 'controller':
    case 'service':
    case 'subject':
    case 'purpose':
      return idFault(path, value as string);
    case 'recipient.country':
      return COUNTRIES.has(value as string) ? null : COUNTRY_FAULT;
    case 'justification':
    case 'evidence':
      return lengthFault(path, value as string, MAX_TEXT_LENGTH);
    default:
      return typeof value === 'string' ? lengthFault(path, value, MAX_NAME_LENGTH) : null;
  }
}

/** Whether a list has more items than it may; null where it has not. */
export function itemsFault(path: string, count: number): string | null {
  const most = MAX_ITEMS[path] ?? Infinity;
  return count > most ? countFault(path, count, most) : null;
}

const UUID_FAULT = '`eventId` is not a UUID';
const COUNTRY_FAULT = '`recipient.country` is no ISO 3166-1 alpha-2 code (two capital letters, such as NO or GB)';

function isInstant(ms: number): boolean {
  return ms >= FIRST_INSTANT && ms <= LAST_INSTANT;
}

function instantFault(field: string): string {
  return `\`${field}\` is not a time between the years 1 and 9999`;
}

function idFault(field: string, id: string): string | null {
  return id === '' ? `\`${field}\` is empty` : lengthFault(field, id, MAX_NAME_LENGTH);
}

function namesFault(field: string, names: readonly string[]): string | null {
  if (names.length > MAX_NAMES) return countFault(field, names.length, MAX_NAMES);
  for (let i = 0; i < names.length; i++) {
    if (names[i]!.length > MAX_NAME_LENGTH) return lengthFault(`${field}[${i}]`, names[i]!, MAX_NAME_LENGTH);
  }
  return null;
}

function lengthFault(field: string, text: string | null, most: number): string | null {
  if (text === null || text.length <= most) return null;
  return `\`${field}\` has ${text.length} characters; it may have ${most}`;
}

function countFault(field: string, count: number, most: number): string {
  return `\`${field}\` has ${count} items; it may have ${most}`;
}
