import { decodeRecord } from '#libs/events';
import type { Decoded, WriterSchemas } from '#libs/events';
import type { SourceRecord } from '#libs/stream';

/**
 * Decodes the records of a batch, in order. Ids of writers' schemas that are to be fetched from the registry first are
 * added to `missing`; `faults` has what became of those that were.
 */
export function decodeBatch(
  records: readonly SourceRecord[],
  writers: WriterSchemas,
  faults: ReadonlyMap<number, string>,
  missing: Set<number>,
): Decoded[] {
  return records.map(({ value }) => {
    const decoded = decodeRecord(value, writers);
    if (decoded.ok || decoded.missingSchemaId === undefined) return decoded;
    const fault = faults.get(decoded.missingSchemaId);
    if (fault !== undefined) return { ok: false, fault };
    missing.add(decoded.missingSchemaId);
    return decoded;
  });
}
