import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../api/types.js';
import { Card } from '../../ui/Card.js';
import { Command } from '../../ui/Command.js';

/** Why no person is named here, and how those who may find out do so. */
export function WhomCard({ finding }: { finding: Finding }): ReactNode {
  const { t } = useTranslation('findings');
  return (
    <Card title={t('whom')}>
      {finding.kind === 'unreadable' ? (
        <p>{t('whomUnreadable')}</p>
      ) : (
        <div className="stack">
          <p>{t('whomText')}</p>
          <Command
            text={`npm run -s hjemmel -- reveal ${finding.entry.logIndex} --reason "…"`}
            what={t('revealCommand')}
          />
          <p className="muted small">{t('whomRecorded')}</p>
        </div>
      )}
    </Card>
  );
}
