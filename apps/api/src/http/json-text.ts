/** JSON of an answer that was written already; of what, is for the compiler alone. */
export class JsonText<T> {
  declare readonly of: T;

  constructor(readonly text: string) {}
}

/**
 * An object with a list that was written already.
 *
 * @param fields what is no list
 * @param name of the list
 * @param list its JSON
 */
export function withList<T, K extends string & keyof T>(fields: Omit<T, K>, name: K, list: string): JsonText<T> {
  const others = JSON.stringify(fields).slice(1, -1);
  return new JsonText(`{${others === '' ? '' : `${others},`}${JSON.stringify(name)}:${list}}`);
}
