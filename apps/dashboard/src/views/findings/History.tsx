import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding, Judgement } from '../../api/types.js';
import { useFormat } from '../../format/use-format.js';
import { VerdictBadge } from '../../ui/Badge.js';
import { Message } from '../../ui/Message.js';
import { Time } from '../../ui/Time.js';
import { RuleName } from '../../ui/Values.js';
import styles from './findings.module.css';
import { changeBetween } from './judgements.js';

/** What was said of it each time, the oldest first, and what later evidence changed. */
export function History({ finding: { history } }: { finding: Finding }): ReactNode {
  const { t } = useTranslation('findings');
  return (
    <div className="stack">
      <p className="muted">{t(history.length > 1 ? 'historyHint' : 'judgedOnce')}</p>
      <ol className={styles.history}>
        {history.map((judgement, index) => (
          <li key={judgement.logIndex} className={styles.judgement}>
            <One judgement={judgement} before={history[index - 1]} />
          </li>
        ))}
      </ol>
    </div>
  );
}

function One({ judgement, before }: { judgement: Judgement; before: Judgement | undefined }): ReactNode {
  const { t } = useTranslation('findings');
  const format = useFormat();
  const { gone, come, stayed } =
    before === undefined ? { gone: [], come: judgement.reasons, stayed: [] } : changeBetween(before, judgement);
  return (
    <>
      <p className="cluster">
        <VerdictBadge verdict={judgement.verdict} />
        <strong>{before === undefined ? t('judgedFirst') : t('judgedAnew')}</strong>
        <span className="muted small">
          <Time value={judgement.recordedAt} /> · {t('logEntry', { index: format.number(judgement.logIndex) })}
        </span>
      </p>
      <Reasons kind="gone" reasons={gone} />
      <Reasons kind={before === undefined ? 'said' : 'come'} reasons={come} />
      <Reasons kind="stayed" reasons={stayed} />
      {judgement.reasons.length === 0 && <p>{t('nothingLeft')}</p>}
    </>
  );
}

function Reasons({
  kind,
  reasons,
}: {
  kind: 'gone' | 'come' | 'stayed' | 'said';
  reasons: Judgement['reasons'];
}): ReactNode {
  const { t } = useTranslation('findings');
  if (reasons.length === 0) return null;
  return (
    <>
      {kind !== 'said' && <p className="small">{t(`change.${kind}`)}</p>}
      <ul className={styles.changes}>
        {reasons.map(({ rule, message }, index) => (
          <li key={index}>
            <strong className={kind === 'gone' ? styles.gone : undefined}>
              <RuleName rule={rule} />
            </strong>
            <br />
            <Message text={message} />
          </li>
        ))}
      </ul>
    </>
  );
}
