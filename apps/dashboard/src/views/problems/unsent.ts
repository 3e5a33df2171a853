/**
 * What somebody has typed of a problem and not sent: it outlives a dialog that was closed by mistake, and a sign-in. It goes
 * with the tab.
 */
export interface Unsent {
  readonly read: () => string;
  /** '': nothing is left. */
  readonly keep: (comment: string) => void;
}

export function unsentComment(problem: string): Unsent {
  const key = `hjemmel.unsent.${problem}`;
  return {
    read: () => sessionStorage.getItem(key) ?? '',
    keep: (comment) => (comment === '' ? sessionStorage.removeItem(key) : sessionStorage.setItem(key, comment)),
  };
}
