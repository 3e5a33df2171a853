import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { findingQuery } from '../../api/queries.js';
import type { Finding } from '../../api/types.js';
import { patched } from '../../search/patch.js';
import type { FindingSearch } from '../../search/schemas.js';
import { Badge, VerdictBadge } from '../../ui/Badge.js';
import { Card } from '../../ui/Card.js';
import { Page } from '../../ui/Page.js';
import { Loaded } from '../../ui/State.js';
import { Tabs } from '../../ui/Tabs.js';
import { Comparison } from './Comparison.js';
import { FindingFacts } from './FindingFacts.js';
import styles from './findings.module.css';
import { History } from './History.js';
import { PolicyCard } from './PolicyCard.js';
import { Position } from './Position.js';
import { ProofPanel } from './ProofPanel.js';
import { RegisterCard } from './RegisterCard.js';
import { Steps } from './Steps.js';
import { WhomCard } from './WhomCard.js';

const route = getRouteApi('/findings/$id');

/** One finding: declared against happened, where the policy says so, how it was judged, and the proof of it. */
export function FindingView(): ReactNode {
  const { t } = useTranslation('findings');
  const query = useQuery(findingQuery(route.useParams().id));
  if (query.data !== undefined) return <OneFinding finding={query.data} />;
  return (
    <Page title={t('one')} crumbs={[{ label: t('title'), link: { to: '/findings' } }]}>
      <Card title={t('one')} titleHidden>
        <Loaded query={query} lines={10}>
          {() => null}
        </Loaded>
      </Card>
    </Page>
  );
}

function OneFinding({ finding }: { finding: Finding }): ReactNode {
  const { t } = useTranslation(['findings', 'rules', 'terms']);
  const [first] = finding.reasons;
  return (
    <Page
      title={first === undefined ? t('takenBack') : t(`rules:${first.rule}.title`)}
      crumbs={[{ label: t('title'), link: { to: '/findings' } }]}
      lead={
        <>
          <p>{first === undefined ? t('takenBackHint') : t(`rules:${first.rule}.text`)}</p>
          {finding.reasons.slice(1).map(({ rule }, index) => (
            <p key={index}>{t('also', { rule: t(`rules:${rule}.title`) })}</p>
          ))}
          <p className={`cluster ${styles.badges}`}>
            <VerdictBadge verdict={finding.verdict} />
            {finding.amended && <Badge>{t('amended')}</Badge>}
            <span className="small">{t(`terms:verdictText.${finding.verdict}`)}</span>
          </p>
        </>
      }
    >
      <FindingFacts finding={finding} />
      <Comparison finding={finding} />
      <div className={styles.halves}>
        <div className="stack">
          <PolicyCard finding={finding} />
          <Card title={t('evidence')} titleHidden>
            <Evidence finding={finding} />
          </Card>
        </div>
        <div className="stack">
          <RegisterCard finding={finding} />
          <WhomCard finding={finding} />
        </div>
      </div>
    </Page>
  );
}

function Evidence({ finding }: { finding: Finding }): ReactNode {
  const { t } = useTranslation('findings');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const show = (tab: FindingSearch['tab']): void =>
    void navigate({ search: (before) => patched(before, { tab }), replace: true, resetScroll: false });
  return (
    <Tabs<'steps' | 'history' | 'proof'>
      label={t('evidence')}
      value={search.tab ?? 'steps'}
      onChange={(tab) => show(tab === 'steps' ? undefined : tab)}
      tabs={[
        { value: 'steps', label: t('tab.steps'), content: <Steps finding={finding} /> },
        { value: 'history', label: t('tab.history'), content: <History finding={finding} /> },
        {
          value: 'proof',
          label: t('tab.proof'),
          content: (
            <div className="stack">
              {/* Another entry is another proof. */}
              <ProofPanel key={finding.entry.logIndex} finding={finding} />
              <Position finding={finding} />
            </div>
          ),
        },
      ]}
    />
  );
}
