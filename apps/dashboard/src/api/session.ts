/** Whether the server still knows who looks at the page. Nobody is led away: they may be typing. */
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let signedOut = false;

/** To be called with what each answer of the api tells. */
export function setSignedOut(now: boolean): void {
  if (now === signedOut) return;
  signedOut = now;
  for (const listener of listeners) listener();
}

export function useSignedOut(): boolean {
  return useSyncExternalStore(subscribe, () => signedOut);
}

/** Where one signs in, and comes back from to this very page. */
export function signInHref(): string {
  return `/auth/login?returnTo=${encodeURIComponent(location.pathname + location.search)}`;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
