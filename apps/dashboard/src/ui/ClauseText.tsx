import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Clause, Locator } from '../api/types.js';
import { useFormat } from '../format/use-format.js';
import { AssumptionBadge } from './Badge.js';
import styles from './clause-text.module.css';
import { CopyButton } from './CopyButton.js';

interface ClauseTextProps {
  clause: Clause;
  /** The register that it is of, to link to it there. */
  register: { readonly controller: string; readonly version: number } | null;
}

/** What a policy says and where it says so; or what the register's author assumed, and why. */
export function ClauseText({ clause, register }: ClauseTextProps): ReactNode {
  const { t } = useTranslation('findings');
  return (
    <div className={styles.clause}>
      <div className={styles.summary}>
        <p lang="en">{clause.summary}</p>
        <p className="muted small">{t('clause.inOurWords')}</p>
      </div>
      {clause.assumption !== null && (
        <p className={styles.assumption}>
          <AssumptionBadge /> <span lang="en">{clause.assumption}</span>
        </p>
      )}
      <p className={styles.place}>
        {clause.locator !== null && <Place locator={clause.locator} />}
        {register === null ? (
          <code className="mono">{clause.id}</code>
        ) : (
          <Link
            to="/registers/$controller/versions/$version"
            params={register}
            search={{ tab: 'clauses', clause: clause.id }}
          >
            {t('clause.inRegister')} <code className="mono">{clause.id}</code>
          </Link>
        )}
      </p>
    </div>
  );
}

/** Document and lines, and the digest by which the document is known. */
export function Place({ locator }: { locator: Locator }): ReactNode {
  const { t } = useTranslation('findings');
  const format = useFormat();
  const { document, sha256, fromLine, toLine } = locator;
  const [from, to] = [format.number(fromLine), format.number(toLine)];
  return (
    <span>
      {fromLine === toLine ? t('clause.line', { from }) : t('clause.lines', { from, to })}{' '}
      <span className="mono">{document}</span>{' '}
      <span className={`muted ${styles.digest}`}>
        <span className="mono">SHA-256 {sha256.slice(0, 8)}…</span>
        <CopyButton text={sha256} what={t('clause.digest')} />
      </span>
    </span>
  );
}
