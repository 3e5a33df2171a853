import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../api/types.js';
import { sum } from '../../charts/series.js';
import { useFormat } from '../../format/use-format.js';
import { Card } from '../../ui/Card.js';
import styles from './problem.module.css';

/** What for, the most frequent purpose first. */
export function Purposes({ problem: { id, purposes } }: { problem: Problem }): ReactNode {
  const { t } = useTranslation(['problems', 'common']);
  const format = useFormat();
  const total = sum(purposes.map(({ findings }) => findings));
  const sorted = [...purposes].sort((a, b) => b.findings - a.findings);
  return (
    <Card title={t('byPurpose')} flush>
      <table className={styles.purposes}>
        <caption className="visually-hidden">{t('byPurpose')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('common:filter.purpose')}</th>
            <th scope="col" data-end>
              {t('findings')}
            </th>
            <th scope="col" data-end>
              {t('share')}
            </th>
          </tr>
        </thead>
        <tbody>
          {sorted.map(({ purpose, findings }) => (
            <tr key={purpose}>
              <th scope="row">
                {purpose === null ? (
                  <span className="muted">{t('noPurpose')}</span>
                ) : (
                  <Link to="/findings" search={{ problem: [id], purpose: [purpose] }}>
                    {purpose}
                  </Link>
                )}
              </th>
              <td data-end>{format.number(findings)}</td>
              <td data-end>{format.percent(total === 0 ? 0 : findings / total)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
