/** JSON of an answer that was written already; of what, is for the compiler alone. */
export class JsonText<T> {
  declare readonly of: T;

  constructor(readonly text: string) {}
}

/** Rows written at a time: few enough that the garbage collector finds hardly any of them alive. */
const AT_ONCE = 256;

/**
 * Writes an object with a list that may be very long, of which no more than some rows are in memory at a time: of tens of
 * thousands the garbage collector would copy each, and stop everybody for as long as it takes to answer them.
 *
 * @param fields what is no list
 * @param name of the list
 */
export function withLongList<T extends Readonly<Record<K, readonly unknown[]>>, K extends string & keyof T>(
  fields: Omit<T, K>,
  name: K,
  rows: Iterable<T[K][number]>,
): JsonText<T> {
  const parts: string[] = [];
  let batch: unknown[] = [];
  const write = (): void => {
    if (batch.length > 0) parts.push(JSON.stringify(batch).slice(1, -1));
    batch = [];
  };
  for (const row of rows) {
    if (batch.push(row) === AT_ONCE) write();
  }
  write();
  const others = JSON.stringify(fields).slice(1, -1);
  const list = `${JSON.stringify(name)}:[${parts.join(',')}]`;
  return new JsonText(`{${others === '' ? '' : `${others},`}${list}}`);
}
