import { useState } from 'react';
import type { Page } from '../api/types.js';
import { held, type Held } from './held.js';

export interface HeldPage<T> extends Held<T> {
  /** Shows what is new. */
  readonly load: () => void;
}

/**
 * Holds a page as it was first seen, until another is chosen or what is new is asked for.
 *
 * @param key of what was chosen: filters, sorting and place
 * @param latest undefined while it is fetched, or while it is that of another key
 */
export function useHeld<T extends { id: string }>(
  key: string,
  latest: Page<T> | undefined,
  newestFirst: boolean,
): HeldPage<T> | undefined {
  const [seen, setSeen] = useState<{ key: string; page: Page<T> } | null>(null);
  if (latest !== undefined && seen?.key !== key) setSeen({ key, page: latest });
  if (latest === undefined) return undefined;
  const shown = seen?.key === key ? seen.page : latest;
  return { ...held(shown, latest, newestFirst), load: () => setSeen({ key, page: latest }) };
}

/** The answer to what is asked now, not the one before it. */
export function fetched<T>({
  data,
  isPlaceholderData,
}: {
  data: T | undefined;
  isPlaceholderData: boolean;
}): T | undefined {
  return isPlaceholderData ? undefined : data;
}
