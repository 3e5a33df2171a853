/** What the judge says, taken apart: its messages are English, with codes between backticks. */
import { terms } from '../i18n/en/terms.js';
import { period } from '../format/time.js';

export interface Said {
  readonly text: string;
  /** What the message has in this place; null: the text itself. */
  readonly code: string | null;
  /** Whether the text is an id that people gave, and no word of ours. */
  readonly id: boolean;
}

const WORDS: Readonly<Record<string, string>> = {
  ...terms.basis,
  ...terms.recipientRole,
  ...terms.recipientUse,
  ...terms.undertaking,
  ...terms.transfer,
};
const COUNTRY = /^[A-Z]{2}$/;
/** ISO 8601, in the middle of a sentence. */
const PERIOD = /\bP(?=\d|T\d)[\dYMWDTHS]+\b/g;

const countries = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

/** @example partsOf('`contract` is declared') // Contract, with its code; ` is declared` */
export function partsOf(message: string): Said[] {
  return message.split('`').flatMap((part, index): Said[] => {
    if (part === '') return [];
    if (index % 2 === 0) return [{ text: part.replaceAll(PERIOD, (iso) => period(iso, 'en')), code: null, id: false }];
    const word = wordOf(part);
    return [word === null ? { text: part, code: null, id: true } : { text: word, code: part, id: false }];
  });
}

function wordOf(code: string): string | null {
  if (Object.hasOwn(WORDS, code)) return WORDS[code] as string;
  return COUNTRY.test(code) ? (countries.of(code) ?? null) : null;
}
