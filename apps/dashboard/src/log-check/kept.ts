/**
 * The checkpoint that this browser keeps of a log: the newest that was proved to continue the one kept before. It is
 * what shows that history was rewritten, so only a proved one takes its place.
 */
export interface KeptCheckpoint {
  /** Which log it says it is of. One page serves one log, so there is one to keep, whatever it calls itself. */
  readonly origin: string;
  readonly size: number;
  /** Base64. */
  readonly root: string;
  /** The signed note in full: evidence against its signer. */
  readonly note: string;
  /** `name+key id` of the key that signed it. */
  readonly signer: string;
  /** ISO 8601, when it was first seen here. */
  readonly since: string;
}

type Store = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const KEY = 'hjemmel.kept-checkpoint';

/** Null where none is kept, or what is kept cannot be read. */
export function keptCheckpoint(store: Store): KeptCheckpoint | null {
  try {
    const value = JSON.parse(store.getItem(KEY) ?? 'null') as Partial<KeptCheckpoint> | null;
    const { origin, size, root, note, signer, since } = value ?? {};
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return null;
    if (![origin, root, note, signer, since].every((text) => typeof text === 'string')) return null;
    return { origin, size, root, note, signer, since } as KeptCheckpoint;
  } catch {
    return null;
  }
}

/** False where the browser keeps nothing. */
export function keep(store: Store, checkpoint: KeptCheckpoint): boolean {
  try {
    store.setItem(KEY, JSON.stringify(checkpoint));
    return true;
  } catch {
    return false;
  }
}

export function forget(store: Store): void {
  try {
    store.removeItem(KEY);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}
