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

type Checkpoint = NonNullable<LogState['checkpoint']>;

/** How far the log is, and what was signed of it. */
export function LogStateCard({ log, checkpoint }: { log: LogState; checkpoint: Checkpoint }): ReactNode {
  const { t } = useTranslation('log');
  const format = useFormat();
  const { origin, size, firstIndex, cosignedSize, through } = log;
  return (
    <Card title={t('state')}>
      <dl className={styles.facts}>
        <dt>{t('size')}</dt>
        <dd>
          <Num value={size} />
        </dd>
        <dt>{t('checkpoint')}</dt>
        <dd>
          <Signed checkpoint={checkpoint} />
        </dd>
        <dt>{t('origin')}</dt>
        <dd className="mono">{origin ?? '–'}</dd>
        <dt>{t('pruned')}</dt>
        <dd>{firstIndex > 0 ? t('prunedText', { number: format.number(firstIndex) }) : t('notPruned')}</dd>
        <dt>{t('witnesses')}</dt>
        <dd>
          <Witnesses size={checkpoint.size} cosigned={cosignedSize} />
        </dd>
        <dt>{t('pages')}</dt>
        <dd>
          {through < size
            ? t('behind', { count: size - through, number: format.number(size - through) })
            : t('upToDate')}
        </dd>
      </dl>
      <details className={styles.details}>
        <summary>{t('note')}</summary>
        <Command text={checkpoint.note} what={t('noteWhat')} />
      </details>
    </Card>
  );
}

function Signed({ checkpoint }: { checkpoint: Checkpoint }): ReactNode {
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

/** @param cosigned up to where witnesses signed; null: there are none */
function Witnesses({ size, cosigned }: { size: number; cosigned: number | null }): ReactNode {
  const { t } = useTranslation('log');
  const format = useFormat();
  if (cosigned === null) {
    return (
      <>
        {t('noWitnesses')}
        <div className="muted small">{t('noWitnessesHint')}</div>
      </>
    );
  }
  const behind = size - cosigned;
  return (
    <>
      {t('cosigned', { number: format.number(cosigned) })}
      {behind > 0 && (
        <div className="muted small">{t('cosignedBehind', { count: behind, number: format.number(behind) })}</div>
      )}
    </>
  );
}
