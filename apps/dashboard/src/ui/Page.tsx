import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './page.module.css';

interface PageProps {
  title: string;
  /** In place of the title as heading, where it is more than a text. */
  heading?: ReactNode;
  lead?: ReactNode;
  /** The way here, outermost first, without this page itself. */
  crumbs?: readonly { label: string; link: LinkProps }[];
  actions?: ReactNode;
  children: ReactNode;
}

/** A view: its title (of the tab too), the way here, what can be done, and its parts. */
export function Page({ title, heading, lead, crumbs = [], actions, children }: PageProps): ReactNode {
  const { t } = useTranslation();
  return (
    <div className="stack">
      <title>{`${title} – Hjemmel`}</title>
      {crumbs.length > 0 && (
        <nav className={styles.crumbs} aria-label={t('nav.breadcrumbs')}>
          <ol>
            {crumbs.map(({ label, link }) => (
              <li key={label}>
                <Link {...link}>{label}</Link>
              </li>
            ))}
            <li aria-current="page">{title}</li>
          </ol>
        </nav>
      )}
      <div className={styles.head}>
        <div>
          <h1>{heading ?? title}</h1>
          {lead !== undefined && <div className={styles.lead}>{lead}</div>}
        </div>
        {actions !== undefined && <div className="cluster">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
