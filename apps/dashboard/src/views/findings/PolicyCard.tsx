import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../api/types.js';
import { Card } from '../../ui/Card.js';
import { ClauseText } from '../../ui/ClauseText.js';
import { Empty } from '../../ui/State.js';
import { RuleName } from '../../ui/Values.js';
import styles from './findings.module.css';

/** For each reason the clause that it rests on, and the problem that it belongs to. */
export function PolicyCard({ finding: { reasons, register } }: { finding: Finding }): ReactNode {
  const { t } = useTranslation('findings');
  return (
    <Card title={t('policySays')}>
      {reasons.length === 0 ? (
        <Empty title={t('nothingLeft')} hint={t('takenBackHint')} />
      ) : (
        <div className={styles.clauses}>
          {reasons.map(({ rule, problem, clauseText }, index) => (
            <div key={index} className={styles.clause}>
              <h3>
                <RuleName rule={rule} />
              </h3>
              {clauseText === null ? (
                <p className="muted">{t('noClause')}</p>
              ) : (
                <ClauseText clause={clauseText} register={register} />
              )}
              <p className="small">
                <Link to="/problems/$id" params={{ id: problem }}>
                  {t('toProblem')}
                  <span className="visually-hidden">
                    : <RuleName rule={rule} />
                  </span>
                </Link>
              </p>
            </div>
          ))}
        </div>
      )}
    </Card>
  );
}
