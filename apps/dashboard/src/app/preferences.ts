/** What a person has chosen for this browser: language, appearance, zone of times. */
import { useSyncExternalStore } from 'react';
import { LANGUAGES, preferredLanguage, type Language } from '../i18n/languages.js';
import { oneOf } from '../search/read.js';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const ZONES = ['local', 'utc'] as const;
export type Zone = (typeof ZONES)[number];

/** Whether single keys do something: who dictates to the computer may not want it (WCAG 2.1.4). */
export const KEYS = ['on', 'off'] as const;
export type Keys = (typeof KEYS)[number];

export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
  readonly times: Zone;
  readonly keys: Keys;
}

const KEPT = 'hjemmel.preferences';
const listeners = new Set<() => void>();
let current: Preferences = read();

/** The zone that the browser is set to, by its IANA name. */
export const LOCAL_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export const preferences = (): Preferences => current;

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}

export function prefer(changed: Partial<Preferences>): void {
  current = { ...current, ...changed };
  try {
    localStorage.setItem(KEPT, JSON.stringify(current));
  } catch {
    // A browser that keeps nothing still shows what was chosen, until it is closed.
  }
  show();
  for (const listener of listeners) listener();
}

/** Puts the appearance where the style sheets look for it. */
export function show(): void {
  const { dataset } = document.documentElement;
  if (current.theme === 'system') delete dataset.theme;
  else dataset.theme = current.theme;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function read(): Preferences {
  const kept = readKept();
  return {
    language: oneOf(kept.language, LANGUAGES) ?? preferredLanguage(navigator.languages),
    theme: oneOf(kept.theme, THEMES) ?? 'system',
    times: oneOf(kept.times, ZONES) ?? 'local',
    keys: oneOf(kept.keys, KEYS) ?? 'on',
  };
}

function readKept(): Record<string, unknown> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEPT) ?? '{}');
    return typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
