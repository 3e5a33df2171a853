import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { daysLeft } from '../format/time.js';
import { useFormat, useNow } from '../format/use-format.js';
import styles from './days-left.module.css';

/** Days left at which it is time to look. */
const SOON = 3;

/** How long there is, in words; what is due soon stands out. */
export function DaysLeft({ dueAt }: { dueAt: string }): ReactNode {
  const { t } = useTranslation('duties');
  const format = useFormat();
  const left = daysLeft(dueAt, useNow(), format.zone);
  if (left < 0)
    return <span className={styles.over}>{t('overdueBy', { count: -left, number: format.number(-left) })}</span>;
  return (
    <span className={left <= SOON ? styles.soon : undefined}>
      {left === 0 ? t('dueToday') : t('daysLeft', { count: left, number: format.number(left) })}
    </span>
  );
}
