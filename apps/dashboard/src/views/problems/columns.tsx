import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { ProblemSummary } from '../../api/types.js';
import { sum } from '../../charts/series.js';
import { Sparkline } from '../../charts/Sparkline.js';
import { useFormat } from '../../format/use-format.js';
import { StatusBadge, VerdictBadge } from '../../ui/Badge.js';
import type { Column } from '../../ui/DataTable.js';
import { Time } from '../../ui/Time.js';
import { ControllerName, Num, RuleName } from '../../ui/Values.js';

export function useProblemColumns(): readonly Column<ProblemSummary>[] {
  const { t } = useTranslation(['problems', 'common']);
  const format = useFormat();
  return useMemo(
    () => [
      { id: 'problem', header: t('problem'), main: true, cell: ({ rule }) => <RuleName rule={rule} /> },
      { id: 'verdict', header: t('common:filter.verdict'), cell: ({ effect }) => <VerdictBadge verdict={effect} /> },
      {
        id: 'service',
        header: t('service'),
        cell: ({ controller, service }) => (
          <>
            <ControllerName controller={controller} />
            {service !== null && <div className="muted">{service}</div>}
          </>
        ),
      },
      {
        id: 'status',
        header: t('status'),
        cell: ({ status, recurred, assignee }) => (
          <>
            <StatusBadge status={status} recurred={recurred} />
            {assignee !== null && <div className="muted">{assignee}</div>}
          </>
        ),
      },
      {
        id: 'findings',
        header: t('findings'),
        sortable: true,
        align: 'end',
        cell: ({ findings }) => <Num value={findings} />,
      },
      { id: 'people', header: t('people'), sortable: true, align: 'end', cell: ({ people }) => <Num value={people} /> },
      {
        id: 'trend',
        header: t('trend'),
        card: 'hidden',
        cell: ({ trend }) => {
          const count = sum(trend);
          return <Sparkline values={trend} label={t('trendOf', { count, number: format.number(count) })} />;
        },
      },
      {
        id: 'openedAt',
        header: t('cameUp'),
        sortable: true,
        cell: ({ openedAt, firstSeen }) => (
          <>
            <Time value={openedAt} show="relative" focusable={false} />
            <div className="muted nowrap">
              {t('since')} <Time value={firstSeen} show="date" focusable={false} />
            </div>
          </>
        ),
      },
      {
        id: 'lastSeen',
        header: t('lastSeen'),
        sortable: true,
        cell: ({ lastSeen }) => <Time value={lastSeen} show="relative" focusable={false} />,
      },
    ],
    [t, format],
  );
}
