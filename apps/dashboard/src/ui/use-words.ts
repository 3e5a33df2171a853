/** What registers and events hold, in the person's language. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { LEGAL_BASES } from '../api/types.js';
import { useFormat } from '../format/use-format.js';
import { oneOf } from '../search/read.js';
import {
  CATEGORIES,
  RECIPIENT_ROLES,
  RECIPIENT_USES,
  RETENTION_STARTS,
  SAFEGUARDS,
  SECTORS,
  UNDERTAKINGS,
} from './vocabulary.js';

/** Each takes an id, and gives it back where it has no name for it. */
export interface Words {
  readonly category: (id: string) => string;
  readonly sector: (id: string) => string;
  readonly basis: (id: string) => string;
  readonly role: (id: string) => string;
  readonly use: (id: string) => string;
  readonly undertaking: (id: string) => string;
  readonly safeguard: (id: string) => string;
  readonly retentionStart: (id: string) => string;
  /** `6 months after the contract ends` */
  readonly retention: (retention: { readonly period: string; readonly from: string }) => string;
  /** `a, b and c` */
  readonly list: (words: readonly string[]) => string;
  /** With a capital letter at the beginning. */
  readonly sentence: (text: string) => string;
}

export function useWords(): Words {
  const { t } = useTranslation(['registers', 'terms']);
  const format = useFormat();
  return useMemo(() => {
    const named =
      <Id extends string>(ids: readonly Id[], name: (id: Id) => string) =>
      (text: string): string => {
        const id = oneOf(text, ids);
        return id === undefined ? text : name(id);
      };
    const lists = new Intl.ListFormat(format.locale);
    return {
      category: named(CATEGORIES, (id) => t(`category.${id}`)),
      sector: named(SECTORS, (id) => t(`sector.${id}`)),
      basis: named(LEGAL_BASES, (id) => t(`terms:basis.${id}`)),
      role: named(RECIPIENT_ROLES, (id) => t(`terms:recipientRole.${id}`)),
      use: named(RECIPIENT_USES, (id) => t(`terms:recipientUse.${id}`)),
      undertaking: named(UNDERTAKINGS, (id) => t(`terms:undertaking.${id}`)),
      safeguard: named(SAFEGUARDS, (id) => t(`terms:transfer.${id}`)),
      retentionStart: named(RETENTION_STARTS, (id) => t(`retentionFrom.${id}`)),
      retention: ({ period, from }) => {
        const words = format.period(period);
        return named(RETENTION_STARTS, (id) => t(`retention.${id}`, { period: words }))(from);
      },
      list: (words) => lists.format(words),
      sentence: (text) => text.charAt(0).toLocaleUpperCase(format.locale) + text.slice(1),
    };
  }, [t, format]);
}
