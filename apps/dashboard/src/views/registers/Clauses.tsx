import { Link } from '@tanstack/react-router';
import { PencilLine } from 'lucide-react';
import { useEffect, useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Clause, RegisterText } from '../../api/types.js';
import { buttonClass } from '../../ui/Button.js';
import { Card } from '../../ui/Card.js';
import { Place } from '../../ui/ClauseText.js';
import { Empty } from '../../ui/State.js';
import { ClauseLink } from './ClauseLink.js';
import styles from './registers.module.css';

interface ClausesProps {
  register: RegisterText;
  /** The clause that is asked for: shown, and told apart. */
  wanted: string | null;
}

/** Each clause, and where in the policy it stands. */
export function Clauses({ register, wanted }: ClausesProps): ReactNode {
  const { t } = useTranslation('registers');
  const { controller, version, clauses } = register;
  const missing = wanted !== null && !clauses.some(({ id }) => id === wanted);
  return (
    <div className="stack">
      {missing && (
        <Card title={t('noClause', { id: wanted })} titleHidden>
          <Empty
            title={t('noClause', { id: wanted })}
            hint={t('noClauseHint')}
            action={
              <Link
                className={buttonClass()}
                to="/registers/$controller/versions/$version"
                params={{ controller, version }}
                search={{ tab: 'clauses' }}
              >
                {t('allClauses')}
              </Link>
            }
          />
        </Card>
      )}
      <Card title={t('clauses')}>
        <p className="muted">{t('clausesHint')}</p>
        <ul className={styles.clauses}>
          {clauses.map((clause) => (
            <ClauseItem key={clause.id} register={register} clause={clause} isWanted={clause.id === wanted} />
          ))}
        </ul>
      </Card>
    </div>
  );
}

interface ClauseItemProps {
  register: RegisterText;
  clause: Clause;
  isWanted: boolean;
}

function ClauseItem({ register, clause: { id, summary, locator, assumption }, isWanted }: ClauseItemProps): ReactNode {
  const { t } = useTranslation('registers');
  const ref = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!isWanted) return;
    // After the router, which goes to the top of what is newly shown.
    const frame = requestAnimationFrame(() => {
      ref.current?.scrollIntoView({ block: 'center' });
      ref.current?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [isWanted]);
  return (
    <li
      ref={ref}
      id={`clause-${id}`}
      className={styles.clause}
      tabIndex={isWanted ? -1 : undefined}
      aria-current={isWanted || undefined}
    >
      <h3 className={styles.clauseHead}>
        <ClauseLink register={register} id={id} />
      </h3>
      <p lang="en">{summary}</p>
      {assumption !== null && (
        <p className={styles.assumption}>
          <PencilLine size={14} aria-hidden />
          <span>
            <strong>{t('notInPolicy')}.</strong> {t('reason')} <span lang="en">{assumption}</span>
          </span>
        </p>
      )}
      <p className={`small ${styles.foot}`}>
        {locator && <Place locator={locator} />}
        <Link to="/findings" search={{ controller: [register.controller], clause: [id] }}>
          {t('clauseFindings')}
          <span className="visually-hidden">: {id}</span>
        </Link>
      </p>
    </li>
  );
}
