import { decodeRecord, MAX_RECORD_BYTES, WriterSchemas } from '#libs/events';
import { REGISTRY, schemaText } from './schemas.js';

/** Whether a value can be read, by the released schemas and those of the stand-in of a registry. */
export function reader(maxBytes = MAX_RECORD_BYTES): (value: Buffer | null) => boolean {
  const writers = new WriterSchemas();
  for (const id of REGISTRY.keys()) {
    const schema = schemaText(id);
    if (schema !== null) writers.addRegistrySchema(id, schema);
  }
  return (value) => (value?.length ?? 0) <= maxBytes && decodeRecord(value, writers).ok;
}
