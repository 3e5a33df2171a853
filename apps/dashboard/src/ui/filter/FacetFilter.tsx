import { ChevronDown } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import { Button } from '../Button.js';
import { Skeleton } from '../State.js';
import styles from './filter.module.css';
import { useOptions, type Facet } from './options.js';

interface FacetFilterProps {
  facet: Facet;
  chosen: readonly string[];
  /** Undefined where none is left. */
  onChange: (chosen: string[] | undefined) => void;
}

/** A button that opens the values to filter by: any of those ticked. */
export function FacetFilter({ facet, chosen, onChange }: FacetFilterProps): ReactNode {
  const { t } = useTranslation();
  const label = t(`filter.${facet}`);
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <Button>
          {label}
          {chosen.length > 0 && <span className={styles.count}>{chosen.length}</span>}
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
          <Options facet={facet} label={label} chosen={chosen} onChange={onChange} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** From this many options on there is a search. */
const MANY = 8;

function Options({ facet, label, chosen, onChange }: FacetFilterProps & { label: string }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const [wanted, setWanted] = useState('');
  const options = useOptions(facet);
  if (options === undefined) return <div className={styles.times}>{<Skeleton lines={4} />}</div>;
  if (options.length === 0) return <p className={styles.note}>{t('filter.noOptions')}</p>;
  const fitting = options.filter((option) =>
    `${option.label} ${option.value}`
      .toLocaleLowerCase(format.locale)
      .includes(wanted.toLocaleLowerCase(format.locale)),
  );
  const toggle = (value: string, on: boolean): void => {
    const next = on ? [...chosen, value] : chosen.filter((other) => other !== value);
    onChange(next.length === 0 ? undefined : next);
  };
  return (
    <>
      {options.length > MANY && (
        <div className={styles.search}>
          <input
            className={styles.input}
            type="search"
            aria-label={t('filter.search', { facet: label })}
            placeholder={t('filter.search', { facet: label })}
            value={wanted}
            onChange={(event) => setWanted(event.target.value)}
          />
        </div>
      )}
      <fieldset className={styles.options}>
        <legend className="visually-hidden">{label}</legend>
        {fitting.map(({ value, label: name, count }) => (
          <label key={value} className={styles.option}>
            <input
              type="checkbox"
              checked={chosen.includes(value)}
              onChange={(event) => toggle(value, event.target.checked)}
            />
            <span>{name}</span>
            {count !== null && <span className="muted numeric">{format.shortNumber(count)}</span>}
          </label>
        ))}
        {fitting.length === 0 && <p className={styles.note}>{t('filter.noOption')}</p>}
      </fieldset>
      {chosen.length > 0 && (
        <div className={styles.foot}>
          <Button look="quiet" onClick={() => onChange(undefined)}>
            {t('filter.clearOne')}
          </Button>
        </div>
      )}
    </>
  );
}
