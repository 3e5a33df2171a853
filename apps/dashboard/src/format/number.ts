/** Numbers for people, in a language. */

/** `12,345` */
export function number(value: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** `12K` from 10,000 on, for where there is no room. */
export function shortNumber(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, value >= 10_000 ? { notation: 'compact' } : {}).format(value);
}

/** A share from 0 to 1 as `1.23 %`, with as many digits as tell something. */
export function percent(share: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumSignificantDigits: share < 0.1 ? 2 : 3 }).format(
    share,
  );
}
