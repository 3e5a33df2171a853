/** The languages of the page. English is the first: what is missing in another is a type error, not a gap. */
export const LANGUAGES = ['en', 'nb'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Each in its own words. */
export const LANGUAGE_NAMES: Record<Language, string> = { en: 'English', nb: 'Norsk bokmål' };

/** What Intl formats by: day before month and 24 hours, which the data's companies use. */
export const LOCALES: Record<Language, string> = { en: 'en-GB', nb: 'nb-NO' };

/** The first language that the page speaks, of those that the person reads (`navigator.languages`). */
export function preferredLanguage(read: readonly string[]): Language {
  for (const tag of read) {
    const [language = ''] = tag.toLowerCase().split('-');
    if (language === 'en') return 'en';
    if (['nb', 'no', 'nn'].includes(language)) return 'nb';
  }
  return 'en';
}
