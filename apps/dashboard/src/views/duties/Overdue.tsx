import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DUTIES } from '../../api/types.js';
import { sum } from '../../charts/series.js';
import { useFormat } from '../../format/use-format.js';
import type { DutiesSearch } from '../../search/schemas.js';
import { Card } from '../../ui/Card.js';
import { Loaded } from '../../ui/State.js';
import styles from './duties.module.css';
import { overdueFilters, overdueQuery } from './queries.js';

/** What was not done in time: findings, which this leads to. */
export function Overdue({ search }: { search: DutiesSearch }): ReactNode {
  const { t } = useTranslation('duties');
  const format = useFormat();
  const filters = overdueFilters(search);
  return (
    <Card
      title={t('overdue')}
      actions={
        <Link to="/findings" search={filters}>
          {t('allOverdue')}
        </Link>
      }
    >
      <p className="muted">{t('overdueLead')}</p>
      <Loaded query={useQuery(overdueQuery(search))} lines={3}>
        {({ rows }) => {
          const counts = DUTIES.map((duty) => ({
            duty,
            count: sum(rows.filter(({ rule }) => rule === duty).map((row) => row.count)),
          }));
          if (counts.every(({ count }) => count === 0)) {
            return (
              <p className={styles.fine}>
                <CircleCheck size={16} aria-hidden /> {t('nothingOverdue')}
              </p>
            );
          }
          return (
            <ul className={styles.overdue}>
              {counts.map(({ duty, count }) => (
                <li key={duty}>
                  <Link to="/findings" search={{ ...filters, rule: [duty] }}>
                    <span className={count > 0 ? styles.violations : styles.zero}>{format.number(count)}</span>{' '}
                    {t(`kind.${duty}`)}
                  </Link>
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Card>
  );
}
