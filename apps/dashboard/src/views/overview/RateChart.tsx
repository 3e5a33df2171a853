import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ChartFrame } from '../../charts/ChartFrame.js';
import { sum } from '../../charts/series.js';
import { ShareLine } from '../../charts/ShareLine.js';
import { useFormat, useNow } from '../../format/use-format.js';
import { Empty, Loaded } from '../../ui/State.js';
import { dayFilters, withTable, type ChartProps } from './chart-props.js';
import { DayLink } from './DayLink.js';
import { daily, shares } from './figures.js';
import { daysOf, overviewQueries } from './queries.js';

/** How many of all events have a finding, day by day: a busy day alone is no trouble. */
export function RateChart({ search, onChange }: ChartProps): ReactNode {
  const { t } = useTranslation(['overview', 'common']);
  const format = useFormat();
  const navigate = useNavigate();
  const now = useNow();
  const query = useQuery(overviewQueries(search, now).byDay);
  const days = daysOf(search, now);
  const counts = daily(query.data?.rows ?? [], days);
  const rates = shares(counts);
  const events = sum(counts.events);
  const title = t('rateChart');
  const rateText = (index: number): string => {
    const rate = rates[index] ?? null;
    return rate === null ? '–' : format.percent(rate);
  };
  const cells = (index: number): string[] =>
    [counts.events, counts.violation, counts.gap].map((values) => format.number(values[index] ?? 0));
  return (
    <ChartFrame
      title={title}
      note={t('rateChartNote')}
      asTable={search.table?.includes('rate') ?? false}
      onTable={(asTable) => onChange({ table: withTable(search, 'rate', asTable) })}
      table={{
        columns: [t('common:chart.day'), t('events'), t('violationsShort'), t('gapsShort'), t('share')],
        rows: days
          .map((day, index) => ({
            key: day,
            cells: [<DayLink key="day" day={day} search={dayFilters(search, day)} />, ...cells(index), rateText(index)],
          }))
          .reverse(),
      }}
    >
      <Loaded query={query} lines={6}>
        {() =>
          events === 0 ? (
            <Empty title={t('noData')} hint={t('noDataHint')} />
          ) : (
            <ShareLine
              summary={t('common:chart.summary', {
                title,
                total: format.percent((events - sum(counts.compliant)) / events),
                from: format.longDay(days[0] ?? ''),
                to: format.longDay(days.at(-1) ?? ''),
              })}
              days={days}
              shares={rates}
              onDay={(day) => void navigate({ to: '/findings', search: dayFilters(search, day) })}
              hint={(index) => (
                <dl>
                  <dt>{t('events')}</dt>
                  <dd>{cells(index)[0]}</dd>
                  <dt>{t('violationsShort')}</dt>
                  <dd>{cells(index)[1]}</dd>
                  <dt>{t('gapsShort')}</dt>
                  <dd>{cells(index)[2]}</dd>
                  <dt>{t('share')}</dt>
                  <dd>{rateText(index)}</dd>
                </dl>
              )}
            />
          )
        }
      </Loaded>
    </ChartFrame>
  );
}
