import { ChevronDown } from 'lucide-react';
import { Popover } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreferences } from '../../app/preferences.js';
import { DAY } from '../../format/time.js';
import { useFormat } from '../../format/use-format.js';
import { Button } from '../Button.js';
import styles from './filter.module.css';
import { fromInput, toInput } from './local-input.js';

export interface Span {
  /** ISO 8601, inclusive. */
  readonly from?: string | undefined;
  /** ISO 8601, exclusive. */
  readonly to?: string | undefined;
}

interface TimeFilterProps {
  which: 'occurred' | 'recorded';
  span: Span;
  onChange: (span: Span) => void;
}

const LAST_DAYS = [1, 7, 30, 90] as const;

/** From when until when, by the last days or by the clock. */
export function TimeFilter({ which, span, onChange }: TimeFilterProps): ReactNode {
  const { t } = useTranslation();
  const label = t(`filter.${which}`);
  const set = span.from !== undefined || span.to !== undefined;
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button>
          {label}
          {set && <span className={styles.count}>1</span>}
          <ChevronDown size={14} aria-hidden />
        </Button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className={styles.popover}
          aria-label={label}
          align="start"
          sideOffset={6}
          collisionPadding={8}
        >
          <Times span={span} onChange={onChange} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Times({ span, onChange }: Omit<TimeFilterProps, 'which'>): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const inUtc = usePreferences().times === 'utc';
  return (
    <div className={styles.times}>
      <div className="cluster">
        {LAST_DAYS.map((days) => (
          <Button key={days} onClick={() => onChange({ from: ago(days) })}>
            {days === 1
              ? t('filter.last_hours', { number: format.number(24) })
              : t('filter.last_days', { number: format.number(days) })}
          </Button>
        ))}
        <Button look="quiet" onClick={() => onChange({})}>
          {t('filter.anyTime')}
        </Button>
      </div>
      {(['from', 'to'] as const).map((end) => (
        <label key={end}>
          {t(`filter.${end}`)} ({inUtc ? 'UTC' : format.zone})
          <input
            className={styles.input}
            type="datetime-local"
            value={toInput(span[end], inUtc)}
            onChange={(event) => onChange({ ...span, [end]: fromInput(event.target.value, inUtc) })}
          />
        </label>
      ))}
    </div>
  );
}

/** ISO 8601 in UTC, to the minute: an address is read by people. */
function ago(days: number): string {
  const minute = 60_000;
  return new Date(Math.floor((Date.now() - days * DAY) / minute) * minute).toISOString();
}
