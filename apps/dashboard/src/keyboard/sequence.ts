/** Keys pressed one after the other, as in `g o`. */

/** ms within which the next key of a sequence comes. */
export const PATIENCE = 1_200;

export interface Press {
  readonly key: string;
  /** ms since anything. */
  readonly at: number;
}

/** Keys so far, without those from too long ago. */
export function pressed(earlier: readonly Press[], press: Press): Press[] {
  const last = earlier.at(-1);
  return last !== undefined && press.at - last.at <= PATIENCE ? [...earlier, press] : [press];
}

/**
 * The shortcut that the last keys make up, the longest first: `g o` is not `o`.
 *
 * @param shortcuts keys separated by a space
 */
export function matching(shortcuts: readonly string[], presses: readonly Press[]): string | undefined {
  const keys = presses.map(({ key }) => key);
  return shortcuts
    .filter((shortcut) => {
      const wanted = shortcut.split(' ');
      return (
        wanted.length <= keys.length && wanted.every((key, index) => key === keys[keys.length - wanted.length + index])
      );
    })
    .sort((a, b) => b.length - a.length)[0];
}
