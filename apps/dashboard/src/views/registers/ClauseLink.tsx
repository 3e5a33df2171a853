import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { RegisterText } from '../../api/types.js';
import { AssumptionBadge } from '../../ui/Badge.js';
import styles from './registers.module.css';

interface ClauseLinkProps {
  register: Pick<RegisterText, 'controller' | 'version'>;
  id: string;
}

/** To where a version says it. */
export function ClauseLink({ register: { controller, version }, id }: ClauseLinkProps): ReactNode {
  const { t } = useTranslation('registers');
  return (
    <Link
      className={styles.clauseLink}
      to="/registers/$controller/versions/$version"
      params={{ controller, version }}
      search={{ tab: 'clauses', clause: id }}
      aria-label={t('clause', { id })}
    >
      § {id}
    </Link>
  );
}

interface SourceProps {
  register: RegisterText;
  clause: string;
  assumed: boolean;
}

/** Where a statement comes from: its clause, and whether the register's author had to assume it, and why. */
export function Source({ register, clause, assumed }: SourceProps): ReactNode {
  const reason = register.clauses.find(({ id }) => id === clause)?.assumption;
  return (
    <span className={styles.source}>
      <ClauseLink register={register} id={clause} />
      {assumed && <AssumptionBadge reason={reason} />}
    </span>
  );
}
