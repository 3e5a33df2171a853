/**
 * The frame of a chart over days: axes, and what the pointer is on.
 *
 * Charts are drawn here in SVG with d3-scale rather than by Recharts, whose 128 kB (gzip) would take half of the first
 * view's budget for two plain charts. Colours come from the style sheet, so that they follow the appearance.
 */
import { scaleBand, scaleLinear, type ScaleBand, type ScaleLinear } from 'd3-scale';
import { useEffect, useRef, useState, type PointerEvent, type ReactNode } from 'react';
import { useFormat } from '../format/use-format.js';
import styles from './chart.module.css';

export interface Scales {
  /** Of a day. */
  readonly x: ScaleBand<string>;
  /** Of a value. */
  readonly y: ScaleLinear<number, number>;
  /** px, where 0 lies. */
  readonly floor: number;
  /** The day that the pointer is on. */
  readonly here: number | null;
}

export interface DayPlotProps {
  /** What the chart shows, in a sentence. */
  summary: string;
  /** As the api names them, oldest first. */
  days: readonly string[];
  /** The largest value. */
  max: number;
  tickText: (value: number) => string;
  /** What is said of a day that is pointed at. */
  hint: (index: number) => ReactNode;
  onDay?: (day: string) => void;
  children: (scales: Scales) => ReactNode;
}

/** px, as in the style sheet. */
const HEIGHT = 240;
const MARGIN = { top: 8, right: 12, bottom: 24, left: 46 };
/** px that a day's name needs. */
const DAY_WIDTH = 60;

export function DayPlot({ summary, days, max, tickText, hint, onDay, children }: DayPlotProps): ReactNode {
  const format = useFormat();
  const [frame, width] = useWidth();
  const [here, setHere] = useState<number | null>(null);
  const floor = HEIGHT - MARGIN.bottom;
  const x = scaleBand([...days], [MARGIN.left, Math.max(width - MARGIN.right, MARGIN.left + 1)])
    .paddingInner(0.22)
    .paddingOuter(0.1);
  const y = scaleLinear([0, max === 0 ? 1 : max], [floor, MARGIN.top]).nice(4);
  const every = Math.ceil((days.length * DAY_WIDTH) / Math.max(width - MARGIN.left, DAY_WIDTH));
  const dayAt = (event: PointerEvent<SVGElement>): number | null => {
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left - MARGIN.left;
    const index = Math.floor(at / x.step());
    return index >= 0 && index < days.length ? index : null;
  };
  const hereDay = here === null ? undefined : days[here];
  return (
    <div ref={frame} className={styles.plot}>
      {width > 0 && (
        <svg
          role="img"
          aria-label={summary}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          onPointerMove={(event) => setHere(dayAt(event))}
          onPointerLeave={() => setHere(null)}
          onClick={(event) => {
            const day = days[dayAt(event as unknown as PointerEvent<SVGElement>) ?? -1];
            if (day !== undefined) onDay?.(day);
          }}
          cursor={onDay && here !== null ? 'pointer' : undefined}
        >
          {y.ticks(4).map((value) => (
            <g key={value}>
              <line className={styles.grid} x1={MARGIN.left} x2={width} y1={y(value)} y2={y(value)} />
              <text className={styles.tick} x={MARGIN.left - 8} y={y(value)} dy="0.32em" textAnchor="end">
                {tickText(value)}
              </text>
            </g>
          ))}
          {hereDay !== undefined && (
            <rect
              className={styles.band}
              data-here
              x={x(hereDay)}
              y={MARGIN.top}
              width={x.bandwidth()}
              height={floor - MARGIN.top}
            />
          )}
          {children({ x, y, floor, here })}
          {days.map((day, index) =>
            (days.length - 1 - index) % every === 0 ? (
              <text
                key={day}
                className={styles.tick}
                x={(x(day) ?? 0) + x.bandwidth() / 2}
                y={HEIGHT - 4}
                textAnchor="middle"
              >
                {format.day(day)}
              </text>
            ) : null,
          )}
        </svg>
      )}
      {here !== null && hereDay !== undefined && (
        <div className={styles.hint} style={hintPlace((x(hereDay) ?? 0) + x.bandwidth() / 2, width)} aria-hidden>
          <strong>{format.longDay(hereDay)}</strong>
          {hint(here)}
        </div>
      )}
    </div>
  );
}

/** Beside the day, on the side that has room. */
function hintPlace(x: number, width: number): { left?: number; right?: number } {
  return x < width / 2 ? { left: x + 12 } : { right: width - x + 12 };
}

function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
