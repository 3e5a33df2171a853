import { CircleCheck, CircleHelp, CircleX, ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import { toBase64, toHex } from '../../proof/bytes.js';
import { STEPS, type Outcome, type Report, type StepName } from '../../proof/verify-proof.js';
import { Time } from '../../ui/Time.js';
import { Digest } from './Position.js';
import styles from './proof.module.css';

const VERDICT_ICONS = { proved: ShieldCheck, partly: ShieldQuestion, failed: ShieldAlert };
const OUTCOME_ICONS = { held: CircleCheck, failed: CircleX, unknown: CircleHelp };

/** What came of each step. */
export function ProofReport({ report }: { report: Report }): ReactNode {
  const { t } = useTranslation('findings');
  const Icon = VERDICT_ICONS[report.verdict];
  return (
    <div className="stack">
      <div className={styles.verdict} data-verdict={report.verdict}>
        <Icon size={24} aria-hidden />
        <div>
          <p>
            <strong>{t(`proof.${report.verdict}.title`)}</strong>
          </p>
          <p>{t(`proof.${report.verdict}.text`)}</p>
        </div>
      </div>
      <ol className={styles.steps}>
        {STEPS.map((step) => (
          <StepOf key={step} step={step} report={report} />
        ))}
      </ol>
      <p className="muted small">{t('proofLimits')}</p>
    </div>
  );
}

function StepOf({ step, report }: { step: StepName; report: Report }): ReactNode {
  const { t } = useTranslation('findings');
  const said = report.steps[step];
  const Icon = OUTCOME_ICONS[said.outcome];
  return (
    <li className={styles.step} data-outcome={said.outcome}>
      <Icon size={18} aria-hidden />
      <div className="stack">
        <p>
          <strong>{t(`proofStep.${step}.title`)}</strong>{' '}
          <span className={styles.outcome}>{t(`proofOutcome.${said.outcome}`)}</span>
          <br />
          {said.outcome === 'held' ? <Held step={step} report={report} /> : <Why said={said} />}
        </p>
        <Detail step={step} report={report} />
      </div>
    </li>
  );
}

function Why({ said }: { said: Exclude<Outcome, { outcome: 'held' }> }): ReactNode {
  const { t } = useTranslation('findings');
  return t(`why.${said.why}`);
}

function Held({ step, report }: { step: StepName; report: Report }): ReactNode {
  const { t } = useTranslation('findings');
  const format = useFormat();
  const { path, checkpoint, signer, seen } = report;
  switch (step) {
    case 'leaf':
      return t('proofStep.leaf.held');
    case 'path':
      return t('proofStep.path.held', { count: path.length, number: format.number(path.length) });
    case 'root':
      return t('proofStep.root.held', {
        origin: checkpoint?.origin ?? '',
        size: format.number(checkpoint?.size ?? 0),
      });
    case 'signature':
      return t('proofStep.signature.held', { signer: signer ?? '' });
    case 'seen': {
      if (seen === null || seen.standing === 'fork') return null;
      return t(`proofStep.seen.${seen.standing}`, { size: format.number(seen.before?.size ?? 0) });
    }
  }
}

/** What was worked out, for who wants to compare it. */
function Detail({ step, report }: { step: StepName; report: Report }): ReactNode {
  const { t } = useTranslation('findings');
  const { leaf, path, root, seen } = report;
  switch (step) {
    case 'leaf':
      return leaf === null ? null : <Digest name={t('workedOut')} hex={leaf} />;
    case 'path':
      return path.length === 0 ? null : <Path path={path} />;
    case 'root':
      return root === null ? null : <Digest name={t('workedOut')} hex={root} />;
    case 'signature':
      return null;
    case 'seen': {
      const before = seen?.before ?? null;
      return before === null ? null : (
        <p className="muted small">
          {t('seenAt')} <Time value={before.at} />
        </p>
      );
    }
  }
}

function Path({ path }: { path: Report['path'] }): ReactNode {
  const { t } = useTranslation('findings');
  return (
    <details className={styles.path}>
      <summary>{t('showPath')}</summary>
      <div className={styles.scroll} tabIndex={0} role="region" aria-label={t('showPath')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('level')}</th>
              <th scope="col">{t('side')}</th>
              <th scope="col">{t('sibling')}</th>
              <th scope="col">{t('above')}</th>
            </tr>
          </thead>
          <tbody>
            {path.map(({ sibling, side, hash }, index) => (
              <tr key={index}>
                <th scope="row">{index + 1}</th>
                <td>{t(`sides.${side}`)}</td>
                <td className="mono" title={toHex(sibling)}>
                  {toBase64(sibling)}
                </td>
                <td className="mono" title={toHex(hash)}>
                  {toBase64(hash)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
