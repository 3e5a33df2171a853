import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../format/use-format.js';
import styles from './chart.module.css';
import { DayPlot } from './DayPlot.js';
import { OTHERS, type Series } from './series.js';

/** As many series as there are colours, without the others. */
export const MOST_SERIES = 6;

interface StackedBarsProps {
  summary: string;
  days: readonly string[];
  /** The first stands at the bottom. */
  series: readonly Series[];
  label: (key: string) => string;
  onDay?: (day: string) => void;
}

/** Counts of each day, one on the other. */
export function StackedBars({ summary, days, series, label, onDay }: StackedBarsProps): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const totals = days.map((_, index) => series.reduce((total, { values }) => total + (values[index] ?? 0), 0));
  return (
    <>
      <DayPlot
        summary={summary}
        days={days}
        max={Math.max(...totals, 4)}
        tickText={format.shortNumber}
        {...(onDay && { onDay })}
        hint={(index) => (
          <dl>
            {series
              .filter(({ values }) => (values[index] ?? 0) > 0)
              .map(({ key, values }) => (
                <Entry
                  key={key}
                  colour={colourOf(series, key)}
                  label={label(key)}
                  value={format.number(values[index] ?? 0)}
                />
              ))}
            <dt>{t('chart.total')}</dt>
            <dd>{format.number(totals[index] ?? 0)}</dd>
          </dl>
        )}
      >
        {({ x, y, floor }) =>
          days.map((day, index) => {
            let top = floor;
            return series.map(({ key, values }) => {
              const height = floor - y(values[index] ?? 0);
              top -= height;
              return height === 0 ? null : (
                <rect
                  key={`${day} ${key}`}
                  x={x(day)}
                  y={top}
                  width={x.bandwidth()}
                  height={Math.max(height - (height > 3 ? 1 : 0), 0.5)}
                  fill={colourOf(series, key)}
                />
              );
            });
          })
        }
      </DayPlot>
      <ul className={styles.legend}>
        {series.map(({ key }) => (
          <li key={key} className={styles.key}>
            <span className={styles.swatch} style={{ background: colourOf(series, key) }} />
            {label(key)}
          </li>
        ))}
      </ul>
    </>
  );
}

function Entry({ colour, label, value }: { colour: string; label: string; value: string }): ReactNode {
  return (
    <>
      <dt className={styles.key}>
        <span className={styles.swatch} style={{ background: colour }} />
        {label}
      </dt>
      <dd>{value}</dd>
    </>
  );
}

function colourOf(series: readonly Series[], key: string): string {
  return key === OTHERS
    ? 'var(--series-others)'
    : `var(--series-${(series.findIndex((one) => one.key === key) % MOST_SERIES) + 1})`;
}
