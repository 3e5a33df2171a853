/** What is compared: texts, numbers and lists of them, at places that have names. */
export interface Tree {
  readonly [key: string]: Value;
}
type Value = Tree | readonly (string | number | boolean)[] | string | number | boolean | null;

/** A difference: at a JSON pointer (RFC 6901), what stood there before and what does after; null: nothing. */
export interface Change {
  readonly where: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before: Value;
  readonly after: Value;
}

/**
 * How two trees differ, at the deepest places that can tell it: what is new or gone as a whole is one difference. In the
 * order of the later tree, with what is gone where it stood. `null` is the same as nothing.
 */
export function differences(before: Tree, after: Tree): Change[] {
  return keysOf(before, after).flatMap((key) =>
    compare(`/${escape(key)}`, own(before, key), own(after, key)),
  );
}

function compare(where: string, before: Value, after: Value): Change[] {
  if (isTree(before) && isTree(after)) {
    return differences(before, after).map((change) => ({ ...change, where: `${where}${change.where}` }));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ where, kind: before === null ? 'added' : after === null ? 'removed' : 'changed', before, after }];
}

/** The keys of both, in the order of the later one; those that are gone behind the one that they stood behind. */
function keysOf(before: Tree, after: Tree): string[] {
  const keys = Object.keys(after);
  let place = 0;
  for (const key of Object.keys(before)) {
    const at = keys.indexOf(key);
    if (at === -1) keys.splice(place, 0, key);
    place = (at === -1 ? place : at) + 1;
  }
  return keys;
}

function own(tree: Tree, key: string): Value {
  return Object.hasOwn(tree, key) ? (tree[key] as Value) : null;
}

function isTree(value: Value): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escape(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
