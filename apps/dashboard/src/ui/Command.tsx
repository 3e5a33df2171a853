import type { ReactNode } from 'react';
import styles from './command.module.css';
import { CopyButton } from './CopyButton.js';

interface CommandProps {
  text: string;
  /** Names it for those who do not see it. */
  what: string;
}

/** A command, or another text of one or more lines that people take elsewhere. */
export function Command({ text, what }: CommandProps): ReactNode {
  return (
    <div className={styles.frame}>
      {/* It may scroll, so the keyboard must reach it. */}
      <pre className={styles.text} tabIndex={0} role="region" aria-label={what} translate="no">
        {text}
      </pre>
      <CopyButton text={text} what={what} />
    </div>
  );
}
