import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DutyKind, OpenDuty } from '../../api/types.js';
import { ChartFrame } from '../../charts/ChartFrame.js';
import { sum } from '../../charts/series.js';
import { StackedBars } from '../../charts/StackedBars.js';
import { useFormat, useNow } from '../../format/use-format.js';
import { calendarOf } from './calendar.js';

interface DutiesChartProps {
  duties: readonly OpenDuty[];
  asTable: boolean;
  onTable: (asTable: boolean) => void;
}

/** How much falls due on each of the days to come. */
export function DutiesChart({ duties, asTable, onTable }: DutiesChartProps): ReactNode {
  const { t } = useTranslation(['duties', 'common', 'terms']);
  const format = useFormat();
  const now = useNow();
  const { days, series } = useMemo(() => calendarOf(duties, now, format.zone), [duties, now, format.zone]);
  const label = (key: string): string => t(`terms:duty.${key as DutyKind}`);
  const title = t('chart');
  const totals = days.map((_, index) => sum(series.map(({ values }) => values[index] ?? 0)));
  return (
    <ChartFrame
      title={title}
      note={t('chartNote')}
      asTable={asTable}
      onTable={onTable}
      table={{
        columns: [t('common:chart.day'), ...series.map(({ key }) => label(key)), t('common:chart.total')],
        rows: days.flatMap((day, index) =>
          totals[index] === 0
            ? []
            : {
                key: day,
                cells: [
                  format.longDay(day),
                  ...series.map(({ values }) => format.number(values[index] ?? 0)),
                  format.number(totals[index] ?? 0),
                ],
              },
        ),
      }}
    >
      <StackedBars
        summary={t('common:chart.summary', {
          title,
          total: format.number(sum(totals)),
          from: format.longDay(days[0] ?? ''),
          to: format.longDay(days.at(-1) ?? ''),
        })}
        days={days}
        series={series}
        label={label}
      />
    </ChartFrame>
  );
}
