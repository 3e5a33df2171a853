import type { ReactNode } from 'react';
import { useFormat } from '../format/use-format.js';
import styles from './chart.module.css';
import { DayPlot } from './DayPlot.js';

interface ShareLineProps {
  summary: string;
  days: readonly string[];
  /** From 0 to 1 for each day; null where there was nothing to have a share of. */
  shares: readonly (number | null)[];
  hint: (index: number) => ReactNode;
  onDay?: (day: string) => void;
}

/** A share of each day, as a line that breaks where there is none. */
export function ShareLine({ summary, days, shares, hint, onDay }: ShareLineProps): ReactNode {
  const format = useFormat();
  const max = Math.max(...shares.map((share) => share ?? 0), 0.001);
  return (
    <DayPlot summary={summary} days={days} max={max} tickText={format.percent} hint={hint} {...(onDay && { onDay })}>
      {({ x, y, floor, here }) => {
        const point = (index: number): string | null => {
          const share = shares[index] ?? null;
          return share === null ? null : `${(x(days[index] ?? '') ?? 0) + x.bandwidth() / 2},${y(share)}`;
        };
        const hereAt = here === null ? null : (point(here)?.split(',') ?? null);
        return (
          <>
            {runs(days.map((_, index) => point(index))).map((run) => (
              <g key={run[0]}>
                <path className={styles.area} d={`M${run[0]?.split(',')[0]},${floor}L${run.join('L')}V${floor}Z`} />
                <path className={styles.line} d={`M${run.join('L')}`} />
                {run.length === 1 && <Dot at={run[0]?.split(',')} />}
              </g>
            ))}
            {hereAt && <Dot at={hereAt} />}
          </>
        );
      }}
    </DayPlot>
  );
}

function Dot({ at }: { at: readonly string[] | undefined }): ReactNode {
  return <circle className={styles.dot} cx={at?.[0]} cy={at?.[1]} r={4} />;
}

/** Points that follow each other without a break. */
function runs(points: readonly (string | null)[]): string[][] {
  const all: string[][] = [[]];
  for (const point of points) {
    if (point === null) all.push([]);
    else all.at(-1)?.push(point);
  }
  return all.filter((run) => run.length > 0);
}
