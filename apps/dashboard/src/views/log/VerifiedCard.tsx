import { ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogState } from '../../api/types.js';
import { useFormat } from '../../format/use-format.js';
import { Badge } from '../../ui/Badge.js';
import { Card } from '../../ui/Card.js';
import { Command } from '../../ui/Command.js';
import { Time } from '../../ui/Time.js';
import styles from './log.module.css';

/** Continues from one checkpoint to the next: the file is there from the second time on. */
const COMMAND = 'npm run -s hjemmel -- verify --save last.checkpoint';
const NEXT = 'npm run -s hjemmel -- verify --held last.checkpoint --save last.checkpoint';

/** When all of the log was last read anew and proved, which no browser can do for a large one. */
export function VerifiedCard({ log: { verified, size } }: { log: LogState }): ReactNode {
  const { t } = useTranslation('log');
  const format = useFormat();
  const since = size - (verified?.size ?? size);
  return (
    <Card title={t('verified')}>
      <div className={styles.verified}>
        {verified === null ? (
          <p className={styles.verdict}>
            <ShieldQuestion size={18} aria-hidden />
            <span>{t('verifiedNone')}</span>
          </p>
        ) : (
          <>
            <p className={styles.verdict}>
              <Badge icon={verified.ok ? ShieldCheck : ShieldAlert} tone={verified.ok ? 'compliant' : 'violation'}>
                {t(verified.ok ? 'verifiedOk' : 'verifiedBad')}
              </Badge>
              <Time value={verified.at} />
            </p>
            <p>
              {t('verifiedText', { number: format.number(verified.size), by: verified.by })}{' '}
              {since > 0 && t('verifiedSince', { count: since, number: format.number(since) })}
            </p>
            {!verified.ok && <p>{t('verifiedBadText')}</p>}
          </>
        )}
        <p className="muted small">{t('verifiedWhy')}</p>
      </div>
      <Command text={verified === null ? COMMAND : NEXT} what={t('verifyCommand')} />
    </Card>
  );
}
