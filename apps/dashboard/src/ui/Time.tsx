import type { ReactNode } from 'react';
import { useFormat, useNow } from '../format/use-format.js';
import { utc } from '../format/time.js';
import { Tip } from './Tooltip.js';

interface TimeProps {
  /** ISO 8601; null shows a dash. */
  value: string | null;
  /** `relative`: "3 hours ago", where it matters more how long ago than when. */
  show?: 'dateTime' | 'date' | 'full' | 'relative';
  /** Whether Tab stops here for the tooltip. Not in rows of tables: there the key `u` shows UTC everywhere. */
  focusable?: boolean;
}

/** A time in the person's zone; UTC to the millisecond on hover and focus. */
export function Time({ value, show = 'dateTime', focusable = true }: TimeProps): ReactNode {
  const format = useFormat();
  if (value === null) return <span className="muted">–</span>;
  const tip = (
    <span className="numeric">
      {show === 'relative' && (
        <>
          {format.fullTime(value)}
          <br />
        </>
      )}
      {utc(value)}
    </span>
  );
  return (
    <Tip text={tip} asChild>
      <time dateTime={value} tabIndex={focusable ? 0 : undefined} className="numeric">
        {show === 'relative' ? <Relative value={value} /> : text(value, show, format)}
      </time>
    </Tip>
  );
}

/** Apart, so that only relative times follow the clock. */
function Relative({ value }: { value: string }): ReactNode {
  return useFormat().relative(value, useNow());
}

function text(value: string, show: 'dateTime' | 'date' | 'full', format: ReturnType<typeof useFormat>): string {
  switch (show) {
    case 'dateTime':
      return format.dateTime(value);
    case 'date':
      return format.date(value);
    case 'full':
      return format.fullTime(value);
  }
}
