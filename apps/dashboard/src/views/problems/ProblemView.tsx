import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemQuery } from '../../api/queries.js';
import type { Problem } from '../../api/types.js';
import { patched } from '../../search/patch.js';
import type { ProblemSearch } from '../../search/schemas.js';
import { StatusBadge, VerdictBadge } from '../../ui/Badge.js';
import { Card } from '../../ui/Card.js';
import { ClauseText } from '../../ui/ClauseText.js';
import { ExportMenu } from '../../ui/ExportMenu.js';
import { Page } from '../../ui/Page.js';
import { Empty, Loaded } from '../../ui/State.js';
import { DaysChart } from './DaysChart.js';
import { NewestFindings } from './NewestFindings.js';
import styles from './problem.module.css';
import { ProblemFacts } from './ProblemFacts.js';
import { Purposes } from './Purposes.js';
import { Timeline } from './Timeline.js';
import { TriageDesk } from './TriageDesk.js';
import { WhoActs } from './WhoActs.js';

const route = getRouteApi('/problems/$id');

/** One problem: what broke, where the policy says otherwise, since when, how many people, who should act, who does. */
export function ProblemView(): ReactNode {
  const { t } = useTranslation('problems');
  const query = useQuery(problemQuery(route.useParams().id));
  if (query.data !== undefined) return <OneProblem problem={query.data} />;
  return (
    <Page title={t('problem')} crumbs={[{ label: t('title'), link: { to: '/problems' } }]}>
      <Card title={t('problem')} titleHidden>
        <Loaded query={query} lines={10}>
          {() => null}
        </Loaded>
      </Card>
    </Page>
  );
}

function OneProblem({ problem }: { problem: Problem }): ReactNode {
  const { t } = useTranslation(['problems', 'rules']);
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (changed: { [Key in keyof ProblemSearch]?: ProblemSearch[Key] | undefined }): void =>
    void navigate({ search: (before) => patched(before, changed), replace: true, resetScroll: false });
  return (
    <Page
      title={t(`rules:${problem.rule}.title`)}
      crumbs={[{ label: t('title'), link: { to: '/problems' } }]}
      lead={
        <>
          <p>{t(`rules:${problem.rule}.text`)}</p>
          <p className={`cluster ${styles.badges}`}>
            <VerdictBadge verdict={problem.effect} />
            <StatusBadge status={problem.status} recurred={problem.recurred} />
          </p>
        </>
      }
      actions={
        <>
          <TriageDesk key={problem.id} problem={problem} />
          <ExportMenu list="findings" search={{ problem: [problem.id] }} />
        </>
      }
    >
      <ProblemFacts problem={problem} />
      <div className={styles.halves}>
        <Card title={t('policySays')}>
          {problem.clauseText === null ? (
            <Empty title={t('noClause')} hint={t('noClauseHint')} />
          ) : (
            <ClauseText clause={problem.clauseText} register={problem.register} />
          )}
        </Card>
        <WhoActs problem={problem} />
        <div className="stack">
          <DaysChart problem={problem} search={search} onChange={change} />
          <NewestFindings problem={problem.id} />
        </div>
        <div className="stack">
          <Timeline problem={problem} />
          <Purposes problem={problem} />
        </div>
      </div>
    </Page>
  );
}
