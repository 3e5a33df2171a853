import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { LogState } from '../../api/types.js';
import { useFormat } from '../../format/use-format.js';
import { Card } from '../../ui/Card.js';
import { Command } from '../../ui/Command.js';
import { CopyButton } from '../../ui/CopyButton.js';
import { Time } from '../../ui/Time.js';
import { Num } from '../../ui/Values.js';
import styles from './log.module.css';

/** How far the log is, and what was signed of it. */
export function LogStateCard({ log }: { log: LogState }): ReactNode {
  const { t } = useTranslation('log');
  const format = useFormat();
  const { origin, size, firstIndex, checkpoint, through } = log;
  return (
    <Card title={t('state')}>
      <dl className={styles.facts}>
        <dt>{t('size')}</dt>
        <dd>
          <Num value={size} />
        </dd>
        <dt>{t('checkpoint')}</dt>
        <dd>{checkpoint === null ? t('noCheckpoint') : <Signed checkpoint={checkpoint} />}</dd>
        <dt>{t('origin')}</dt>
        <dd className="mono">{origin ?? '–'}</dd>
        <dt>{t('pruned')}</dt>
        <dd>{firstIndex > 0 ? t('prunedText', { number: format.number(firstIndex) }) : t('notPruned')}</dd>
        <dt>{t('witnesses')}</dt>
        <dd>
          <Witnesses log={log} />
        </dd>
        <dt>{t('pages')}</dt>
        <dd>
          {through < size
            ? t('behind', { count: size - through, number: format.number(size - through) })
            : t('upToDate')}
        </dd>
      </dl>
      {checkpoint && (
        <details className={styles.details}>
          <summary>{t('note')}</summary>
          <Command text={checkpoint.note} what={t('noteWhat')} />
        </details>
      )}
    </Card>
  );
}

function Signed({ checkpoint }: { checkpoint: NonNullable<LogState['checkpoint']> }): ReactNode {
  const { t } = useTranslation('log');
  const format = useFormat();
  const { size, signedAt, root } = checkpoint;
  return (
    <>
      <Time value={signedAt} show="relative" /> · {t('over', { number: format.number(size) })}
      <div className={styles.root}>
        <span className="muted small">{t('root')}</span> <span className="mono">{root}</span>
        <CopyButton text={root} what={t('rootWhat')} />
      </div>
    </>
  );
}

function Witnesses({ log: { cosignedSize, checkpoint } }: { log: LogState }): ReactNode {
  const { t } = useTranslation('log');
  const format = useFormat();
  if (cosignedSize === null) {
    return (
      <>
        {t('noWitnesses')}
        <div className="muted small">{t('noWitnessesHint')}</div>
      </>
    );
  }
  const behind = (checkpoint?.size ?? 0) - cosignedSize;
  return (
    <>
      {t('cosigned', { number: format.number(cosignedSize) })}
      {behind > 0 && (
        <div className="muted small">{t('cosignedBehind', { count: behind, number: format.number(behind) })}</div>
      )}
    </>
  );
}
