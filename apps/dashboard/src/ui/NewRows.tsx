import { ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcut } from '../keyboard/shortcuts.js';
import styles from './new-rows.module.css';

interface NewRowsProps {
  /** How many rows are not shown yet. */
  count: number;
  /** Says it. */
  label: string;
  onLoad: () => void;
}

/** What has come since a list was loaded, to be loaded when the reader asks for it. It moves nothing: it lies above. */
export function NewRows({ count, label, onLoad }: NewRowsProps): ReactNode {
  const { t } = useTranslation('findings');
  useShortcut({ keys: ['n'], label: t('showNew'), group: 'lists', run: () => count > 0 && onLoad() });
  if (count === 0) return null;
  return (
    <div className={styles.place}>
      <button type="button" className={styles.pill} onClick={onLoad} aria-keyshortcuts="n">
        <ArrowUp size={16} aria-hidden />
        {label}
        <span className={styles.action}>{t('showNew')}</span>
      </button>
    </div>
  );
}
