import { useId, type ReactNode } from 'react';
import styles from './card.module.css';

interface CardProps {
  title: ReactNode;
  /** Where the page's own title says it already: for screen readers alone. */
  titleHidden?: boolean;
  /** Links and buttons beside the title. */
  actions?: ReactNode;
  /** Without space around the content: tables and lists of rows bring their own. */
  flush?: boolean;
  children: ReactNode;
}

/** A part of a view, with its heading. */
export function Card({ title, titleHidden = false, actions, flush = false, children }: CardProps): ReactNode {
  const heading = useId();
  return (
    <section className={styles.card} aria-labelledby={heading}>
      {titleHidden ? (
        <h2 id={heading} className="visually-hidden">
          {title}
        </h2>
      ) : (
        <div className={styles.head}>
          <h2 id={heading}>{title}</h2>
          {actions !== undefined && <div className="cluster">{actions}</div>}
        </div>
      )}
      <div className={`${styles.body} ${flush ? styles.flush : ''}`}>{children}</div>
    </section>
  );
}
