import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rule } from '../../api/rules.js';
import { ChartFrame } from '../../charts/ChartFrame.js';
import { OTHERS, seriesOf, sum } from '../../charts/series.js';
import { MOST_SERIES, StackedBars } from '../../charts/StackedBars.js';
import { useFormat, useNow } from '../../format/use-format.js';
import type { Filters } from '../../search/schemas.js';
import { Segmented } from '../../ui/Segmented.js';
import { Empty, Loaded } from '../../ui/State.js';
import { useControllerName } from '../../ui/Values.js';
import { dayFilters, withTable, type ChartProps } from './chart-props.js';
import { DayLink } from './DayLink.js';
import { daysOf, overviewQueries } from './queries.js';

/** Violations and gaps of each day, by rule or by controller. */
export function FindingsChart({ search, onChange }: ChartProps): ReactNode {
  const { t } = useTranslation(['overview', 'common', 'rules']);
  const format = useFormat();
  const navigate = useNavigate();
  const nameOf = useControllerName();
  const now = useNow();
  const query = useQuery(overviewQueries(search, now).bySeries);
  const days = daysOf(search, now);
  const by = search.by ?? 'rule';
  const rows = query.data?.rows ?? [];
  const series = seriesOf(rows, days, (row) => (row[by as keyof typeof row] as string | null) ?? '', MOST_SERIES);
  const label = (key: string): string => {
    if (key === OTHERS) return t('common:chart.others');
    if (key === '') return t('common:chart.unknown');
    return by === 'rule' ? t(`rules:${key as Rule}.title`) : nameOf(key);
  };
  const ofDay = (day: string): Filters => ({ ...dayFilters(search, day), verdict: ['violation', 'gap'] });
  const title = t('findingsChart');
  return (
    <ChartFrame
      title={title}
      {...(by === 'rule' && { note: t('findingsChartNote') })}
      asTable={search.table?.includes('findings') ?? false}
      onTable={(asTable) => onChange({ table: withTable(search, 'findings', asTable) })}
      actions={
        <Segmented
          label={t('by')}
          value={by}
          options={[
            { value: 'rule', label: t('byRule') },
            { value: 'controller', label: t('byController') },
          ]}
          onChange={(chosen) => onChange({ by: chosen === 'controller' ? chosen : undefined })}
        />
      }
      table={{
        columns: [t('common:chart.day'), ...series.map(({ key }) => label(key)), t('common:chart.total')],
        rows: days
          .map((day, index) => ({
            key: day,
            cells: [
              <DayLink key="day" day={day} search={ofDay(day)} />,
              ...series.map(({ values }) => format.number(values[index] ?? 0)),
              format.number(sum(series.map(({ values }) => values[index] ?? 0))),
            ],
          }))
          .reverse(),
      }}
    >
      <Loaded query={query} lines={6}>
        {() =>
          series.length === 0 ? (
            <Empty title={t('noData')} hint={t('noDataHint')} />
          ) : (
            <StackedBars
              summary={t('common:chart.summary', {
                title,
                total: format.number(sum(series.map(({ total }) => total))),
                from: format.longDay(days[0] ?? ''),
                to: format.longDay(days.at(-1) ?? ''),
              })}
              days={days}
              series={series}
              label={label}
              onDay={(day) => void navigate({ to: '/findings', search: ofDay(day) })}
            />
          )
        }
      </Loaded>
    </ChartFrame>
  );
}
