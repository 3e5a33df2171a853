import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding, Step } from '../../api/types.js';
import { useFormat } from '../../format/use-format.js';
import { VerdictBadge } from '../../ui/Badge.js';
import { Message } from '../../ui/Message.js';
import { RuleName } from '../../ui/Values.js';
import styles from './findings.module.css';

/** How the verdict came about: every rule by its number, those that fired first. */
export function Steps({ finding }: { finding: Finding }): ReactNode {
  const { t } = useTranslation('findings');
  const format = useFormat();
  const of = (outcome: Step['outcome']): Step[] => finding.steps.filter((step) => step.outcome === outcome);
  const [fired, passed, notJudged] = [of('fired'), of('passed'), of('not judged')];
  const total = finding.steps.length;
  return (
    <div className="stack">
      <p className="muted">{t('stepsHint', { count: total, number: format.number(total) })}</p>
      {fired.length === 0 ? <p>{t('noneFired')}</p> : <List steps={fired} finding={finding} />}
      {passed.length > 0 && (
        <details className={styles.more}>
          <summary>{t('stepsPassed', { count: passed.length, number: format.number(passed.length) })}</summary>
          <List steps={passed} finding={finding} />
        </details>
      )}
      {notJudged.length > 0 && (
        <details className={styles.more}>
          <summary>{t('stepsNotJudged', { count: notJudged.length, number: format.number(notJudged.length) })}</summary>
          <p className="muted small">{t('notJudgedHint')}</p>
          <List steps={notJudged} finding={finding} />
        </details>
      )}
    </div>
  );
}

function List({ steps, finding }: { steps: readonly Step[]; finding: Finding }): ReactNode {
  const { t } = useTranslation(['terms', 'rules']);
  return (
    <ol className={styles.steps}>
      {steps.map(({ number, rule, outcome, effect }) => (
        <li key={number} value={number} className={styles.step} data-outcome={outcome}>
          <span className={styles.number}>{number}</span>
          <span>
            <strong>
              <RuleName rule={rule} />
            </strong>
            <br />
            <span className="muted small">{t(`rules:${rule}.question`)}</span>
          </span>
          <span className={styles.outcome}>
            {effect === null ? (
              <span className="muted small">{t(`outcome.${outcome}`)}</span>
            ) : (
              <VerdictBadge verdict={effect} />
            )}
          </span>
          {outcome === 'fired' &&
            finding.reasons
              .filter((reason) => reason.rule === rule)
              .map(({ message }, index) => (
                <p key={index} className={styles.message}>
                  <Message text={message} />
                </p>
              ))}
        </li>
      ))}
    </ol>
  );
}
