/** Changes of a view's state. */
import { present } from './read.js';

/**
 * The state with some of it changed; undefined takes a part away. Another selection or order begins at its first page.
 *
 * @example navigate({ search: (before) => patched(before, { rule: ['consent-missing'] }) })
 */
export function patched<T extends object>(before: T, change: { readonly [Key in keyof T]?: T[Key] | undefined }): T {
  return present({ ...before, cursor: undefined, page: undefined, ...change }) as T;
}
