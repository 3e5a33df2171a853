import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../api/types.js';
import { Card } from '../../ui/Card.js';
import { Fact, Facts } from '../../ui/Facts.js';
import { Time } from '../../ui/Time.js';
import { ControllerName, Num } from '../../ui/Values.js';

/** How much, since when, where. */
export function ProblemFacts({ problem }: { problem: Problem }): ReactNode {
  const { t } = useTranslation(['problems', 'common', 'terms']);
  return (
    <Card title={t('facts')} titleHidden>
      <Facts>
        <Fact name={t('findings')}>
          <Link to="/findings" search={{ problem: [problem.id] }}>
            <Num value={problem.findings} />
          </Link>
        </Fact>
        <Fact name={t('people')}>
          {problem.people === null ? <span className="muted">{t('notKnown')}</span> : <Num value={problem.people} />}
        </Fact>
        <Fact name={t('cameUp')}>
          <Time value={problem.openedAt} show="relative" />
          <div className="muted nowrap">
            {t('since')} <Time value={problem.firstSeen} show="date" />
          </div>
        </Fact>
        <Fact name={t('lastSeen')}>
          <Time value={problem.lastSeen} show="relative" />
        </Fact>
        <Fact name={t('common:filter.controller')}>
          <ControllerName controller={problem.controller} />
        </Fact>
        <Fact name={t('service')}>{problem.service ?? <span className="muted">{t('notKnown')}</span>}</Fact>
        <Fact name={t('common:filter.kind')}>{t(`terms:kind.${problem.kind}`)}</Fact>
        <Fact name={t('common:filter.assignee')}>
          {problem.assignee ?? <span className="muted">{t('nobody')}</span>}
        </Fact>
      </Facts>
    </Card>
  );
}
