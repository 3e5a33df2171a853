import type { ReactNode } from 'react';
import styles from './facts.module.css';

/** What is to be known at a glance: names and values side by side, as many as fit; `few` of them in one row. */
export function Facts({ few = false, children }: { few?: boolean; children: ReactNode }): ReactNode {
  return <dl className={`${styles.facts} ${few ? styles.few : ''}`}>{children}</dl>;
}

export function Fact({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
