import { MongoBulkWriteError } from 'mongodb';
import type { WriteError } from 'mongodb';

/** MongoDB's error_codes.yml. */
const DUPLICATE_KEY = 11000;

/** Which writes of an unordered bulk met another document of their key; null where there are other faults. */
export function duplicatesOf(fault: unknown): number[] | null {
  if (!(fault instanceof MongoBulkWriteError) || isUnacknowledged(fault)) return null;
  const faults = writeErrors(fault);
  return faults.length > 0 && faults.every(isDuplicate) ? faults.map(({ index }) => index) : null;
}

/**
 * Whether some writes met another document of their key, and others, as a primary stepped down say, were not acknowledged:
 * to be done again, though duplicates do not pass by waiting.
 */
export function isDoubtful(fault: unknown): boolean {
  if (!(fault instanceof MongoBulkWriteError) || !isUnacknowledged(fault)) return false;
  const faults = writeErrors(fault);
  return faults.length > 0 && faults.every(isDuplicate);
}

function isUnacknowledged({ result }: MongoBulkWriteError): boolean {
  return result.getWriteConcernError() !== undefined;
}

function writeErrors(fault: MongoBulkWriteError): readonly WriteError[] {
  const faults: WriteError | readonly WriteError[] = fault.writeErrors;
  return 'length' in faults ? faults : [faults];
}

function isDuplicate({ code }: WriteError): boolean {
  return code === DUPLICATE_KEY;
}
