import { COUNTRIES } from './countries.js';
import type { StreamEvent } from './event.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
/** 0001-01-01T00:00:00.000Z; data may have been collected long ago. */
const FIRST_INSTANT = -62_135_596_800_000;
/** 9999-12-31T23:59:59.999Z, the last instant ISO 8601 writes with four digits of year. */
const LAST_INSTANT = 253_402_300_799_999;

/**
 * What the schemas say in words and Avro cannot check: UUIDs (RFC 9562), instants of the years 1 to 9999,
 * assigned countries (ISO 3166-1), ids that are not empty.
 *
 * @returns the fault, naming the field and never its content; null where there is none. The first alone: the hot path
 *   asks only whether there is one.
 */
export function constraintFault({ stream, event }: StreamEvent): string | null {
  if (!UUID.test(event.eventId)) return '`eventId` is not a UUID';
  if (!isInstant(event.occurredAt)) return instantFault('occurredAt');
  if (event.controller === '') return emptyFault('controller');
  if (event.service === '') return emptyFault('service');
  if (event.subject === '') return emptyFault('subject');
  if (stream === 'rights') return null;
  if (event.purpose === '') return emptyFault('purpose');
  if (event.collectedAt !== null && !isInstant(event.collectedAt)) return instantFault('collectedAt');
  if (stream === 'sharing' && !COUNTRIES.has(event.recipient.country)) return COUNTRY_FAULT;
  return null;
}

/** The same constraints of one field, for readers that report every fault; null where the field has none or holds. */
export function fieldFault(path: string, value: string | number): string | null {
  switch (path) {
    case 'eventId':
      return UUID.test(value as string) ? null : '`eventId` is not a UUID';
    case 'occurredAt':
    case 'collectedAt':
      return isInstant(value as number) ? null : instantFault(path);
    case 'controller':
    case 'service':
    case 'subject':
    case 'purpose':
      return value === '' ? emptyFault(path) : null;
    case 'recipient.country':
      return COUNTRIES.has(value as string) ? null : COUNTRY_FAULT;
    default:
      return null;
  }
}

const COUNTRY_FAULT = '`recipient.country` is no ISO 3166-1 alpha-2 code (two capital letters, such as NO or GB)';

function isInstant(ms: number): boolean {
  return ms >= FIRST_INSTANT && ms <= LAST_INSTANT;
}

function instantFault(field: string): string {
  return `\`${field}\` is not a time between the years 1 and 9999`;
}

function emptyFault(field: string): string {
  return `\`${field}\` is empty`;
}
