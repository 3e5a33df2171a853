import type { IHeaders } from 'kafkajs';

/**
 * Headers as they were written. kafkajs gathers those of a record in a plain object, and takes what every object has
 * (`constructor`, `toString`, `__proto__`) for an earlier header of that name: functions then stand among the values.
 * A header without a value, which kafkajs can read and not write, becomes an empty one.
 */
export function letterHeaders(headers: IHeaders | undefined): IHeaders | undefined {
  if (headers === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? written(value) : (value ?? EMPTY)]),
  );
}

const EMPTY = Buffer.alloc(0);

function written(values: readonly unknown[]): (Buffer | string)[] {
  return values
    .map((value) => value ?? EMPTY)
    .filter((value): value is Buffer | string => typeof value === 'string' || Buffer.isBuffer(value));
}
