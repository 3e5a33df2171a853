/** Times for people, in a zone and a language. Times come in as ISO 8601, or as ms since 1970. */

export interface Place {
  /** BCP 47, as in `en-GB`. */
  readonly locale: string;
  /** IANA name, as in `Europe/Oslo`. */
  readonly zone: string;
}

export type Time = string | number;

const ms = (time: Time): number => (typeof time === 'number' ? time : Date.parse(time));

/** Making a formatter costs as much as a thousand uses of it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter({ locale, zone }: Place, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, zone, options]);
  const known = formatters.get(key);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  formatters.set(key, made);
  return made;
}

/** `1 Mar 2024, 11:00` */
export function dateTime(time: Time, place: Place): string {
  return formatter(place, { dateStyle: 'medium', timeStyle: 'short' }).format(ms(time));
}

/** `1 March 2024 at 11:00:00 CET` */
export function fullTime(time: Time, place: Place): string {
  return formatter(place, { dateStyle: 'long', timeStyle: 'long' }).format(ms(time));
}

/** `1 Mar 2024`; a day that was named as such is that day in every zone. */
export function date(time: Time, { locale, zone }: Place): string {
  return formatter({ locale, zone: zoneOf(time, zone) }, { dateStyle: 'medium' }).format(ms(time));
}

/** Registers and duties name days: midnight in UTC stands for the day that begins then. */
function zoneOf(time: Time, zone: string): string {
  return ms(time) % DAY === 0 ? 'UTC' : zone;
}

/** A day of the api (`2024-03-01`, in UTC) as `1 Mar`, with the year where `long`. */
export function day(isoDay: string, locale: string, { long = false } = {}): string {
  const short: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
  return formatter({ locale, zone: 'UTC' }, long ? { ...short, weekday: 'short', year: 'numeric' } : short).format(
    Date.parse(isoDay),
  );
}

/** `2024-03-01 10:00:00.123 UTC`: unmistakable, whatever the language. */
export function utc(time: Time): string {
  const iso = new Date(ms(time)).toISOString();
  return `${iso.slice(0, 10)} ${iso.slice(11, -1).replace(/\.000$/, '')} UTC`;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Units of relative times, from the ms on that each is used. */
const UNITS = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['day', DAY],
  ['hour', HOUR],
  ['minute', MINUTE],
] as const;

/** `3 hours ago`, `in 2 days`, `now` within a minute. */
export function relative(time: Time, now: number, locale: string): string {
  const away = ms(time) - now;
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const unit = UNITS.find(([, length]) => Math.abs(away) >= length);
  return unit === undefined ? format.format(0, 'second') : format.format(Math.trunc(away / unit[1]), unit[0]);
}

/** The day of a time by the calendar of the zone, as the api names days: `2024-03-01`. */
export function dayIn(zone: string, time: Time): string {
  // Sweden writes days as the api does.
  return formatter({ locale: 'sv-SE', zone }, { dateStyle: 'short' }).format(ms(time));
}

/** Days from now until then by the calendar of the zone: 0 is today, less than 0 is past. */
export function daysLeft(due: Time, now: number, zone: string): number {
  return Math.round((Date.parse(dayIn(zoneOf(due, zone), due)) - Date.parse(dayIn(zone, now))) / DAY);
}

/** The last `count` days in UTC as the api names them, oldest first, the day of `now` last. */
export function lastDays(count: number, now: number): string[] {
  return Array.from({ length: count }, (_, index) =>
    new Date(now - (count - 1 - index) * DAY).toISOString().slice(0, 10),
  );
}

const PERIOD_UNITS = { Y: 'year', M: 'month', W: 'week', D: 'day', H: 'hour' } as const;

/** An ISO 8601 period in words: `P36M` is `36 months`. Anything else comes back as it is. */
export function period(iso: string, locale: string): string {
  const match = /^P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(?:T(\d+H))?$/.exec(iso);
  if (match === null) return iso;
  const parts = match.slice(1).flatMap((piece: string | undefined) => {
    if (piece === undefined) return [];
    const unit = PERIOD_UNITS[piece.slice(-1) as keyof typeof PERIOD_UNITS];
    return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(
      Number.parseInt(piece, 10),
    );
  });
  return new Intl.ListFormat(locale, { type: 'unit' }).format(parts);
}
