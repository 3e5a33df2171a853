import { X } from 'lucide-react';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import { useShortcut } from '../../keyboard/shortcuts.js';
import type { FindingsSearch, ProblemsSearch } from '../../search/schemas.js';
import { Button } from '../Button.js';
import { FacetFilter } from './FacetFilter.js';
import styles from './filter.module.css';
import { useLabel, type Facet } from './options.js';
import { TimeFilter, type Span } from './TimeFilter.js';

/** What can be filtered by, in any list. */
export type Filtered = Omit<FindingsSearch & ProblemsSearch, 'cursor' | 'page' | 'sort'>;
/** What to change; undefined takes a filter away. */
export type FilterChange = { readonly [Key in keyof Filtered]?: Filtered[Key] | undefined };

interface FilterBarProps {
  search: Filtered;
  /** Filters to offer, in this order. Others that stand in the address have a chip all the same. */
  facets: readonly (Facet | 'occurred' | 'recorded')[];
  onChange: (change: FilterChange) => void;
}

const LISTS = ['controller', 'verdict', 'status', 'rule', 'clause', 'purpose', 'service', 'kind', 'problem'] as const;
const TIMES = ['occurred', 'recorded'] as const;

/** Everything that is filtered by, gone. */
export const NO_FILTERS: FilterChange = Object.fromEntries(
  [...LISTS, 'assignee', ...TIMES.flatMap((which) => [`${which}From`, `${which}To`])].map((key) => [key, undefined]),
);

/** Whether any filter is set. */
export function isFiltered(search: Filtered): boolean {
  return Object.keys(NO_FILTERS).some((key) => search[key as keyof Filtered] !== undefined);
}

export function FilterBar({ search, facets, onChange }: FilterBarProps): ReactNode {
  const { t } = useTranslation();
  const bar = useRef<HTMLDivElement>(null);
  const toFilters = (): void => bar.current?.querySelector('button')?.focus();
  useShortcut({ keys: ['f'], label: t('keys.filter'), group: 'lists', run: toFilters });
  return (
    <div ref={bar} className={styles.bar} role="search" aria-label={t('filter.label')}>
      <div className="cluster">
        {facets.map((facet) =>
          facet === 'occurred' || facet === 'recorded' ? (
            <TimeFilter
              key={facet}
              which={facet}
              span={spanOf(search, facet)}
              onChange={({ from, to }) => onChange({ [`${facet}From`]: from, [`${facet}To`]: to })}
            />
          ) : (
            <FacetFilter
              key={facet}
              facet={facet}
              chosen={search[facet] ?? []}
              onChange={(chosen) => onChange({ [facet]: chosen })}
            />
          ),
        )}
      </div>
      <Chips
        search={search}
        onChange={(change) => {
          onChange(change);
          // The button that was pressed goes away.
          toFilters();
        }}
      />
    </div>
  );
}

/** What counts now, each to be taken away by itself. */
function Chips({ search, onChange }: Pick<FilterBarProps, 'search' | 'onChange'>): ReactNode {
  const { t } = useTranslation();
  const label = useLabel();
  const spanText = useSpanText();
  const chips = [
    ...LISTS.flatMap((filter) =>
      (search[filter] ?? []).map((value) => ({
        text: `${t(`filter.${filter}`)}: ${label(filter, value)}`,
        without: { [filter]: without(search[filter] ?? [], value) },
      })),
    ),
    ...(search.assignee === undefined
      ? []
      : [{ text: `${t('filter.assignee')}: ${search.assignee}`, without: { assignee: undefined } }]),
    ...TIMES.flatMap((which) => {
      const span = spanText(spanOf(search, which));
      if (span === null) return [];
      return [
        {
          text: `${t(`filter.${which}`)}: ${span}`,
          without: { [`${which}From`]: undefined, [`${which}To`]: undefined },
        },
      ];
    }),
  ];
  if (chips.length === 0) return null;
  return (
    <ul className={styles.chips} aria-label={t('filter.active')}>
      {chips.map((chip) => (
        <li key={chip.text} className={styles.chip}>
          {chip.text}
          <button
            type="button"
            aria-label={t('filter.remove', { filter: chip.text })}
            onClick={() => onChange(chip.without)}
          >
            <X size={14} aria-hidden />
          </button>
        </li>
      ))}
      <li>
        <Button look="quiet" onClick={() => onChange(NO_FILTERS)}>
          {t('filter.clear')}
        </Button>
      </li>
    </ul>
  );
}

function without(values: readonly string[], value: string): string[] | undefined {
  const left = values.filter((other) => other !== value);
  return left.length === 0 ? undefined : left;
}

function spanOf(search: Filtered, which: 'occurred' | 'recorded'): Span {
  return { from: search[`${which}From`], to: search[`${which}To`] };
}

/** A span in words; null where it is open at both ends. */
export function useSpanText(): (span: Span) => string | null {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ from, to }) => {
    if (from !== undefined && to !== undefined)
      return t('filter.between', { from: format.dateTime(from), to: format.dateTime(to) });
    if (from !== undefined) return t('filter.since', { time: format.dateTime(from) });
    return to === undefined ? null : t('filter.until', { time: format.dateTime(to) });
  };
}
