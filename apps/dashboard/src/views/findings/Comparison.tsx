import { CircleCheck } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../api/types.js';
import { VerdictBadge } from '../../ui/Badge.js';
import { Card } from '../../ui/Card.js';
import { Message } from '../../ui/Message.js';
import { Basis, RuleName } from '../../ui/Values.js';
import { compared, type Aspect, type Compared } from './aspects.js';
import styles from './comparison.module.css';
import { Declared } from './Declared.js';

/** What the register declares, and beside it what happened; what does not fit stands out. */
export function Comparison({ finding }: { finding: Finding }): ReactNode {
  const { t } = useTranslation('findings');
  const rows = compared(finding);
  // The clock found it: there was no event that could say anything.
  const byClock = finding.kind === 'duty';
  const happened = t(byClock ? 'foundByClock' : 'happened');
  if (rows.length === 0) return null;
  return (
    <Card title={t('comparison')} flush>
      <div className={styles.grid} role="table" aria-label={t('comparison')}>
        <div role="row" className={styles.head}>
          <span role="columnheader" className="visually-hidden">
            {t('aspectHead')}
          </span>
          <span role="columnheader">{t('declared')}</span>
          <span role="columnheader">{happened}</span>
        </div>
        {rows.map((row) => (
          <div key={row.aspect} role="row" className={styles.row} data-outcome={row.outcome}>
            <div role="rowheader" className={styles.aspect}>
              {t(`aspect.${row.aspect}`)}
            </div>
            <div role="cell" className={styles.cell} data-label={t('declared')}>
              <Declared finding={finding} aspect={row.aspect} reasons={row.reasons} />
            </div>
            <div role="cell" className={styles.cell} data-label={happened}>
              <Happened finding={finding} row={row} />
            </div>
          </div>
        ))}
      </div>
      <p className={`muted small ${styles.note}`}>{t(byClock ? 'notKeptOfDuty' : 'notKept')}</p>
    </Card>
  );
}

function Happened({ finding, row: { aspect, reasons, outcome } }: { finding: Finding; row: Compared }): ReactNode {
  const { t } = useTranslation('findings');
  return (
    <div className="stack">
      {finding.kind !== 'duty' && <Claimed finding={finding} aspect={aspect} />}
      {reasons.map((reason, index) => (
        <div key={index} className={styles.reason} data-effect={reason.effect}>
          <p className="cluster">
            <VerdictBadge verdict={reason.effect} />
            <strong>
              <RuleName rule={reason.rule} />
            </strong>
          </p>
          <p>
            <Message text={reason.message} />
          </p>
        </div>
      ))}
      {outcome === 'passed' && <InOrder />}
      {outcome === 'not judged' && !isNotShared(finding, aspect) && <p className="muted small">{t('notLookedAt')}</p>}
    </div>
  );
}

/** What the event itself says, as far as the trail keeps it. */
function Claimed({ finding, aspect }: { finding: Finding; aspect: Aspect }): ReactNode {
  const { t } = useTranslation('findings');
  switch (aspect) {
    case 'purpose':
      return <p>{finding.purpose === null ? t('noPurpose') : <code className="mono">{finding.purpose}</code>}</p>;
    case 'basis':
      return (
        <p>
          {t('claims')} {finding.legalBasis === null ? t('noBasis') : <Basis basis={finding.legalBasis} />}
        </p>
      );
    case 'recipients':
      return <p>{t(isNotShared(finding, aspect) ? 'notShared' : 'shared')}</p>;
    case 'categories':
    case 'retention':
    case 'other':
      return null;
  }
}

function isNotShared({ kind }: Finding, aspect: Aspect): boolean {
  return aspect === 'recipients' && kind !== 'sharing';
}

function InOrder(): ReactNode {
  const { t } = useTranslation('findings');
  return (
    <p className={styles.inOrder}>
      <CircleCheck size={16} aria-hidden />
      {t('inOrder')}
    </p>
  );
}
