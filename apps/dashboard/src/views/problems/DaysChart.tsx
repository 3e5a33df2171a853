import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Problem } from '../../api/types.js';
import { ChartFrame } from '../../charts/ChartFrame.js';
import { seriesOf } from '../../charts/series.js';
import { StackedBars } from '../../charts/StackedBars.js';
import { useFormat, useNow } from '../../format/use-format.js';
import { PERIODS, type FindingsSearch, type Period, type ProblemSearch } from '../../search/schemas.js';
import { Segmented } from '../../ui/Segmented.js';
import { Empty } from '../../ui/State.js';
import { dayFilter, daysShown } from './days.js';

const PERIOD: Period = 30;

interface DaysChartProps {
  problem: Problem;
  search: ProblemSearch;
  onChange: (changed: { [Key in keyof ProblemSearch]?: ProblemSearch[Key] | undefined }) => void;
}

/** Findings of a problem, day by day. */
export function DaysChart({ problem, search, onChange }: DaysChartProps): ReactNode {
  const { t } = useTranslation(['problems', 'common', 'overview']);
  const format = useFormat();
  const navigate = useNavigate();
  const period = search.days ?? PERIOD;
  const days = daysShown(period, problem.lastSeen, useNow());
  const rows = problem.days.map(({ day, findings }) => ({ day, count: findings }));
  const [series] = seriesOf(rows, days, () => 'findings', 1);
  const title = t('byDay');
  const ofDay = (day: string): FindingsSearch => ({ problem: [problem.id], ...dayFilter(day) });
  const [from, to] = [format.longDay(days[0] ?? ''), format.longDay(days.at(-1) ?? '')];
  return (
    <ChartFrame
      title={title}
      note={t('byDayNote', { from, to })}
      asTable={search.table === 'days'}
      onTable={(asTable) => onChange({ table: asTable ? 'days' : undefined })}
      actions={
        <Segmented
          label={t('overview:period')}
          value={String(period)}
          options={PERIODS.map((count) => ({
            value: String(count),
            label: t('overview:days', { number: format.number(count) }),
          }))}
          onChange={(chosen) => {
            const count = PERIODS.find((known) => String(known) === chosen);
            onChange({ days: count === PERIOD ? undefined : count });
          }}
        />
      }
      table={{
        columns: [t('common:chart.day'), t('findings')],
        rows: days
          .map((day, index) => ({
            key: day,
            cells: [
              <Link key="day" to="/findings" search={ofDay(day)}>
                {format.longDay(day)}
              </Link>,
              format.number(series?.values[index] ?? 0),
            ],
          }))
          .reverse(),
      }}
    >
      {series === undefined ? (
        <Empty title={t('noDays')} hint={t('noDaysHint')} />
      ) : (
        <StackedBars
          summary={t('common:chart.summary', { title, total: format.number(series.total), from, to })}
          days={days}
          series={[series]}
          label={() => t('findings')}
          onDay={(day) => void navigate({ to: '/findings', search: ofDay(day) })}
        />
      )}
    </ChartFrame>
  );
}
