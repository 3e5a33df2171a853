import { decodeRecord } from '#libs/events';
import type { Decoded, WriterSchemas } from '#libs/events';
import type { SourceRecord } from '#libs/stream';

/**
 * Decodes the records of a batch, in order; one whose value is longer than `maxBytes` is not looked into. Ids of writers' schemas that are to be fetched from the registry first are
 * added to `missing`; `faults` has what became of those that were.
 */
export function decodeBatch(
  records: readonly SourceRecord[],
  writers: WriterSchemas,
  faults: ReadonlyMap<number, string>,
  missing: Set<number>,
  maxBytes: number,
): Decoded[] {
  return records.map(({ value, fault: lost }) => {
    if (lost !== undefined) return { ok: false, fault: lost };
    if (value !== null && value.length > maxBytes) return { ok: false, fault: tooLong(value.length, maxBytes) };
    const decoded = decodeRecord(value, writers);
    if (decoded.ok || decoded.missingSchemaId === undefined) return decoded;
    const fault = faults.get(decoded.missingSchemaId);
    if (fault !== undefined) return { ok: false, fault };
    missing.add(decoded.missingSchemaId);
    return decoded;
  });
}

function tooLong(length: number, most: number): string {
  return `the value has ${length} bytes; a record may have ${most} (HJEMMEL_MAX_RECORD_BYTES)`;
}
