/** Single values, each shown the same way everywhere. */
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { controllersQuery } from '../api/queries.js';
import type { Rule } from '../api/rules.js';
import type { LegalBasis } from '../api/types.js';
import { useFormat } from '../format/use-format.js';

/** A number in the person's language; null shows a dash. */
export function Num({ value }: { value: number | null }): ReactNode {
  const format = useFormat();
  return <span className="numeric">{value === null ? '–' : format.number(value)}</span>;
}

/** An ISO 8601 period in words. */
export function Duration({ value }: { value: string }): ReactNode {
  return useFormat().period(value);
}

/** Legal name of a controller, or its id where the register has none. */
export function useControllerName(): (controller: string | null) => string {
  const { t } = useTranslation();
  const { data } = useQuery(controllersQuery());
  return (controller) =>
    controller === null
      ? t('unknownController')
      : (data?.find((known) => known.controller === controller)?.name ?? controller);
}

export function ControllerName({ controller }: { controller: string | null }): ReactNode {
  return useControllerName()(controller);
}

/** A rule's title in the person's language. */
export function RuleName({ rule }: { rule: Rule }): ReactNode {
  const { t } = useTranslation('rules');
  return t(`${rule}.title`);
}

/** `Consent · Art. 6(1)(a)` */
export function Basis({ basis }: { basis: LegalBasis }): ReactNode {
  const { t } = useTranslation('terms');
  return (
    <span>
      {t(`basis.${basis}`)} <span className="muted nowrap">· {t(`article.${basis}`)}</span>
    </span>
  );
}
