import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { findingsQuery } from '../../api/queries.js';
import { VerdictBadge } from '../../ui/Badge.js';
import { Card } from '../../ui/Card.js';
import { Empty, Loaded } from '../../ui/State.js';
import { Time } from '../../ui/Time.js';
import styles from './problem.module.css';

const SHOWN = 6;

/** The last findings of a problem, and the way to all of them. */
export function NewestFindings({ problem }: { problem: string }): ReactNode {
  const { t } = useTranslation('problems');
  const query = useQuery(findingsQuery({ problem: [problem] }, SHOWN));
  return (
    <Card
      title={t('newestFindings')}
      flush
      actions={
        <Link to="/findings" search={{ problem: [problem] }}>
          {t('allFindings')}
        </Link>
      }
    >
      <Loaded query={query} lines={SHOWN}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('noFindings')} hint={t('noFindingsHint')} />
          ) : (
            <ul className={styles.rows}>
              {items.map(({ id, verdict, purpose, occurredAt, recordedAt }) => (
                <li key={id}>
                  <Link to="/findings/$id" params={{ id }} className={styles.row}>
                    <Time value={occurredAt ?? recordedAt} focusable={false} />
                    <span className={`muted small ${styles.grows}`}>{purpose ?? t('noPurpose')}</span>
                    <VerdictBadge verdict={verdict} />
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
