import type { StreamEvent } from './event.js';
import { NAMESPACE, RECORD_OF } from './schemas.js';

/** The CloudEvents attributes we set, by header name. */
export interface CloudEventHeaders {
  readonly ce_specversion: '1.0';
  readonly ce_id: string;
  readonly ce_source: string;
  readonly ce_type: string;
  readonly ce_time: string;
  readonly 'content-type': 'application/avro';
}

/**
 * Kafka headers of an event: CloudEvents 1.0, Kafka protocol binding, binary content mode. The optional `subject`
 * attribute is left out, since headers are copied to more places than values.
 */
export function toHeaders({ stream, event }: StreamEvent): CloudEventHeaders {
  return {
    ce_specversion: '1.0',
    ce_id: event.eventId,
    ce_source: `/${encodeURIComponent(event.controller)}/${encodeURIComponent(event.service)}`,
    ce_type: `${NAMESPACE}.${RECORD_OF[stream]}`,
    ce_time: new Date(event.occurredAt).toISOString(),
    'content-type': 'application/avro',
  };
}

/** Headers as Kafka clients give them: bytes or text, possibly repeated, possibly none at all. */
export type RecordHeaders = { readonly [name: string]: Buffer | string | (Buffer | string)[] | undefined };

/** What a record's headers say of its event; undefined for whatever they do not say. */
export interface EventHeaders {
  readonly id: string | undefined;
  readonly source: string | undefined;
  readonly type: string | undefined;
  readonly time: string | undefined;
}

/** Reads CloudEvents headers. A record without them is as good; of a repeated header the last counts. */
export function readHeaders(headers: RecordHeaders | undefined): EventHeaders {
  const read = (name: string): string | undefined => {
    const header = headers?.[name];
    const value = Array.isArray(header) ? header.at(-1) : header;
    return value?.toString();
  };
  return { id: read('ce_id'), source: read('ce_source'), type: read('ce_type'), time: read('ce_time') };
}
