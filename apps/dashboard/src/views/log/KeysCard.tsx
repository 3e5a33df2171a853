import { KeyRound } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogState } from '../../api/types.js';
import { Card } from '../../ui/Card.js';
import { CopyButton } from '../../ui/CopyButton.js';
import styles from './log.module.css';

/** Whose signatures make a checkpoint one of this log. */
export function KeysCard({ log: { keys } }: { log: LogState }): ReactNode {
  const { t } = useTranslation('log');
  return (
    <Card title={t('keys')}>
      <p className="muted small">{t('keysHint')}</p>
      <ul className={styles.keys}>
        {keys.map((key) => (
          <li key={key}>
            <KeyRound size={16} aria-hidden />
            <span className="mono">{key}</span>
            <CopyButton text={key} what={t('keyWhat', { name: key.split('+').slice(0, 2).join('+') })} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
