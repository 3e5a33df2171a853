export * from './event.js';
export {
  toHeaders,
  readHeaders,
  type CloudEventHeaders,
  type EventHeaders,
  type RecordHeaders,
} from './cloudevents.js';
export { incompatibilities } from './compatibility.js';
export { decodeRecord, type Decoded } from './decode.js';
export { contentOf, encodeRecord, recordKey } from './encode.js';
export {
  decodeEntry,
  encodeEntry,
  writeEntry,
  ENTRY_KINDS,
  MAX_ENTRY_BYTES,
  type AuditEntry,
  type EntryAccount,
  type EntryAct,
  type EntryKind,
  type EntryPosition,
  type EntryRange,
  type EntryReason,
  type EntryRegister,
  type EntrySource,
  type NewEntry,
} from './entry.js';
export { canonicalForm, crc64Avro, fingerprint, type SchemaJson } from './fingerprint.js';
export { isSingleObject, toConfluent } from './framing.js';
export { MAX_NAME_LENGTH, MAX_NAMES, MAX_RECORD_BYTES, MAX_TEXT_LENGTH, MAX_UNDERTAKINGS } from './limits.js';
export { parseEvent, toJson, type Parsed } from './json.js';
export { Sink } from './sink.js';
export { compileWriter, type Write } from './write.js';
export { parseIsoTime, toIsoTime } from './time.js';
export { CURRENT, RELEASED, type BundledSchema, type Release } from './schemas.js';
export { WriterSchemas } from './writers.js';
