/** The message catalogue. Only the language that is read is loaded; another is when it is chosen. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { en } from './en/index.js';
import { LOCALES, type Language } from './languages.js';

export type Messages = typeof en;

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: Messages;
  }
}

async function messages(language: Language): Promise<object> {
  switch (language) {
    case 'en':
      return (await import('./en/index.js')).en;
    case 'nb':
      return (await import('./nb/index.js')).nb;
  }
}

/** Loads a language's messages and speaks it from then on; also tells the browser, for its hyphens and voices. */
export async function speak(language: Language): Promise<void> {
  const loaded = Object.entries(await messages(language));
  if (!i18next.isInitialized) await initialise(language);
  for (const [namespace, bundle] of loaded) i18next.addResourceBundle(language, namespace, bundle);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

async function initialise(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: {},
    defaultNS: 'common',
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
    returnNull: false,
  });
}

/** The locale of Intl for a language of i18next. */
export const localeOf = (language: string): string => LOCALES[language === 'nb' ? 'nb' : 'en'];
