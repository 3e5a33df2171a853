import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Sparkline } from '../../charts/Sparkline.js';
import { useFormat, useNow } from '../../format/use-format.js';
import type { OverviewSearch } from '../../search/schemas.js';
import { StatusBadge, VerdictBadge } from '../../ui/Badge.js';
import { Card } from '../../ui/Card.js';
import { Empty, Loaded } from '../../ui/State.js';
import { ControllerName, RuleName } from '../../ui/Values.js';
import styles from './overview.module.css';
import { ofControllers, overviewQueries } from './queries.js';

/** Open problems, those that came up last first. */
export function NewestProblems({ search }: { search: OverviewSearch }): ReactNode {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const now = useNow();
  const query = useQuery(overviewQueries(search, now).open);
  return (
    <Card
      title={t('newest')}
      flush
      actions={
        <Link to="/problems" search={{ ...ofControllers(search), status: ['open'], sort: '-openedAt' }}>
          {t('allProblems')}
        </Link>
      }
    >
      <Loaded query={query} lines={6}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('noProblems')} hint={t('noProblemsHint')} />
          ) : (
            <ul className={styles.rows}>
              {items.map((problem) => (
                <li key={problem.id}>
                  <Link to="/problems/$id" params={{ id: problem.id }} className={styles.row}>
                    <span className={styles.rowTitle}>
                      <RuleName rule={problem.rule} />
                    </span>
                    <span className={`cluster ${styles.rowEnd}`}>
                      {problem.recurred && <StatusBadge status="open" recurred />}
                      <VerdictBadge verdict={problem.effect} />
                    </span>
                    <span className="muted small">
                      <ControllerName controller={problem.controller} />
                      {problem.service !== null && ` · ${problem.service}`}
                      {' · '}
                      {t('cameUp')} {format.relative(problem.openedAt, now)}
                    </span>
                    <span className={styles.rowEnd}>
                      <Sparkline
                        values={problem.trend}
                        label={t('findings', { count: problem.findings, number: format.number(problem.findings) })}
                      />
                    </span>
                  </Link>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}
