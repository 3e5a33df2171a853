import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../api/types.js';
import { Card } from '../../ui/Card.js';
import { Fact, Facts } from '../../ui/Facts.js';
import { Time } from '../../ui/Time.js';
import { ControllerName } from '../../ui/Values.js';

/** When and where. */
export function FindingFacts({ finding }: { finding: Finding }): ReactNode {
  const { t } = useTranslation(['findings', 'common', 'terms']);
  return (
    <Card title={t('facts')} titleHidden>
      <Facts few>
        <Fact name={t('occurred')}>
          <Time value={finding.occurredAt} />
        </Fact>
        <Fact name={t('recorded')}>
          <Time value={finding.recordedAt} />
        </Fact>
        {finding.amended && (
          <Fact name={t('changed')}>
            <Time value={finding.changedAt} />
          </Fact>
        )}
        <Fact name={t('common:filter.controller')}>
          <ControllerName controller={finding.controller} />
        </Fact>
        <Fact name={t('common:filter.service')}>{finding.service ?? <span className="muted">–</span>}</Fact>
        <Fact name={t('common:filter.kind')}>{t(`terms:kind.${finding.kind}`)}</Fact>
      </Facts>
    </Card>
  );
}
