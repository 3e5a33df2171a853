/** Times and numbers in the language and zone of the person who looks. */
import { useMemo, useSyncExternalStore } from 'react';
import { LOCAL_ZONE, usePreferences } from '../app/preferences.js';
import { LOCALES } from '../i18n/languages.js';
import { number, percent, shortNumber } from './number.js';
import { date, dateTime, day, fullTime, period, relative, type Time } from './time.js';

export interface Format {
  readonly locale: string;
  readonly zone: string;
  readonly number: (value: number) => string;
  readonly shortNumber: (value: number) => string;
  readonly percent: (share: number) => string;
  readonly date: (time: Time) => string;
  readonly dateTime: (time: Time) => string;
  readonly fullTime: (time: Time) => string;
  /** A day of the api, `2024-03-01`. */
  readonly day: (isoDay: string) => string;
  readonly longDay: (isoDay: string) => string;
  readonly period: (iso: string) => string;
  readonly relative: (time: Time, now: number) => string;
}

export function useFormat(): Format {
  const { language, times } = usePreferences();
  return useMemo(() => {
    const place = { locale: LOCALES[language], zone: times === 'utc' ? 'UTC' : LOCAL_ZONE };
    const { locale } = place;
    return {
      ...place,
      number: (value) => number(value, locale),
      shortNumber: (value) => shortNumber(value, locale),
      percent: (share) => percent(share, locale),
      date: (time) => date(time, place),
      dateTime: (time) => dateTime(time, place),
      fullTime: (time) => fullTime(time, place),
      day: (isoDay) => day(isoDay, locale),
      longDay: (isoDay) => day(isoDay, locale, { long: true }),
      period: (iso) => period(iso, locale),
      relative: (time, now) => relative(time, now, locale),
    };
  }, [language, times]);
}

/** ms between two looks at the clock. */
const TICK = 30_000;
const tickers = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;

/** The time, in ms, good to half a minute: one clock for all that is shown relative to it. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}

function subscribe(ticker: () => void): () => void {
  // The clock stands while nobody looks at it.
  if (tickers.size === 0) now = Date.now();
  tickers.add(ticker);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of tickers) each();
  }, TICK);
  return () => {
    tickers.delete(ticker);
    if (tickers.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}
