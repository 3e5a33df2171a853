import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat, useNow } from '../../format/use-format.js';
import type { OverviewSearch } from '../../search/schemas.js';
import { Card } from '../../ui/Card.js';
import { DaysLeft } from '../../ui/DaysLeft.js';
import { Empty, Loaded } from '../../ui/State.js';
import { Time } from '../../ui/Time.js';
import { ControllerName } from '../../ui/Values.js';
import styles from './overview.module.css';
import { ofControllers, overviewQueries, SHORT } from './queries.js';

/** What must be done soon, the soonest first. */
export function DutiesCard({ search }: { search: OverviewSearch }): ReactNode {
  const { t } = useTranslation(['overview', 'terms']);
  const format = useFormat();
  const query = useQuery(overviewQueries(search, useNow()).duties);
  return (
    <Card
      title={t('duties')}
      flush
      actions={
        <Link to="/duties" search={ofControllers(search)}>
          {t('allDuties')}
        </Link>
      }
    >
      <Loaded query={query} lines={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('noDuties')} hint={t('noDutiesHint')} />
          ) : (
            <ul className={styles.rows}>
              {items.slice(0, SHORT).map(({ controller, duty, purpose, dueAt, count }) => (
                <li key={`${controller} ${duty} ${purpose} ${dueAt}`} className={styles.row}>
                  <span className={styles.rowTitle}>{t(`terms:duty.${duty}`)}</span>
                  <span className={styles.rowEnd}>
                    <DaysLeft dueAt={dueAt} />
                  </span>
                  <span className="muted small">
                    <ControllerName controller={controller} />
                    {purpose !== null && ` · ${purpose}`} · {t('people', { count, number: format.number(count) })}
                  </span>
                  <span className={`muted small ${styles.rowEnd}`}>
                    <Time value={dueAt} show="date" />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}
