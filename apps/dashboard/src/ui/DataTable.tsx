import { Link, type LinkProps } from '@tanstack/react-router';
import { rowSortingFeature, tableFeatures, useTable, type ColumnDef, type SortingState } from '@tanstack/react-table';
import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import { useMemo, useRef, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useShortcut } from '../keyboard/shortcuts.js';
import styles from './data-table.module.css';

/** A column of rows of T. Make the list of them in a `useMemo`, so that rows are not made anew for nothing. */
export interface Column<T> {
  /** What the api sorts by, where it can be sorted by. */
  readonly id: string;
  /** In the person's language. */
  readonly header: string;
  readonly cell: (row: T) => ReactNode;
  readonly sortable?: boolean;
  /** Holds the row's link, and heads its card on narrow screens. One column does. */
  readonly main?: boolean;
  /** Numbers stand at the end. */
  readonly align?: 'end';
  /** On narrow screens: over the card's whole width, or not at all. */
  readonly card?: 'wide' | 'hidden';
}

type ColumnMeta = Pick<Column<unknown>, 'header' | 'main' | 'align' | 'card'>;
/** Only its type counts. */
const columnMeta = {} as ColumnMeta;
const features = tableFeatures({ rowSortingFeature, columnMeta });

function definitions<T extends object>(columns: readonly Column<T>[]): ColumnDef<typeof features, T>[] {
  return columns.map(({ id, header, cell, sortable = false, ...rest }) => ({
    id,
    header,
    // The row is its own value: what a cell shows of it is the view's business.
    accessorFn: (row) => row,
    cell: ({ row }) => cell(row.original),
    enableSorting: sortable,
    meta: { header, ...rest },
  }));
}

interface DataTableProps<T extends object> {
  /** What it is a table of, for those who do not see the page. */
  label: string;
  columns: readonly Column<T>[];
  rows: T[];
  rowId: (row: T) => string;
  /** Where a row leads. */
  rowLink?: (row: T) => LinkProps;
  /** As the api has it: `-lastSeen` is descending. */
  sort?: string;
  onSort?: (sort: string) => void;
  /** Shows rows of an earlier answer while the new one is fetched. */
  stale?: boolean;
}

/**
 * Rows of a list. The api sorts and pages; j, k and the arrows move from row to row, Enter opens. On narrow screens
 * each row is a card.
 */
export function DataTable<T extends object>(props: DataTableProps<T>): ReactNode {
  const { label, columns, rows, rowId, rowLink, sort, onSort, stale = false } = props;
  const defined = useMemo(() => definitions(columns), [columns]);
  const frame = useRef<HTMLDivElement>(null);
  const table = useTable({
    features,
    columns: defined,
    data: rows,
    getRowId: rowId,
    manualSorting: true,
    enableSortingRemoval: false,
    sortDescFirst: true,
    enableMultiSort: false,
    state: { sorting: sortingOf(sort) },
    onSortingChange: (change) => {
      const [first] = typeof change === 'function' ? change(sortingOf(sort)) : change;
      if (first !== undefined) onSort?.(`${first.desc ? '-' : ''}${first.id}`);
    },
  });
  const onArrow = (event: KeyboardEvent): void => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    if (step(frame.current, event.key === 'ArrowDown' ? 1 : -1)) event.preventDefault();
  };
  return (
    <div ref={frame} className={styles.frame} data-stale={stale || undefined} aria-busy={stale} onKeyDown={onArrow}>
      {rowLink && <RowKeys frame={frame} />}
      {/* Roles are said, as cards change what the elements are displayed as. */}
      <table className={styles.table} role="table" aria-label={label}>
        <thead role="rowgroup">
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id} role="row">
              {group.headers.map((header) => {
                const sorted = header.column.getIsSorted();
                return (
                  <th
                    key={header.id}
                    role="columnheader"
                    scope="col"
                    data-align={header.column.columnDef.meta?.align}
                    aria-sort={sorted === false ? undefined : sorted === 'asc' ? 'ascending' : 'descending'}
                  >
                    {header.column.getCanSort() ? (
                      <button type="button" className={styles.sort} onClick={header.column.getToggleSortingHandler()}>
                        <table.FlexRender header={header} />
                        <SortIcon sorted={sorted} />
                      </button>
                    ) : (
                      <table.FlexRender header={header} />
                    )}
                  </th>
                );
              })}
            </tr>
          ))}
        </thead>
        <tbody role="rowgroup">
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} role="row" data-linked={rowLink !== undefined || undefined}>
              {row.getAllCells().map((cell) => {
                const { meta } = cell.column.columnDef;
                const content = <table.FlexRender cell={cell} />;
                return (
                  <td
                    key={cell.id}
                    role="cell"
                    data-label={meta?.header}
                    data-main={meta?.main}
                    data-align={meta?.align}
                    data-card={meta?.card}
                  >
                    {meta?.main === true && rowLink !== undefined ? (
                      <Link {...rowLink(row.original)} className={styles.link} data-row="">
                        {content}
                      </Link>
                    ) : (
                      content
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function sortingOf(sort: string | undefined): SortingState {
  return sort === undefined ? [] : [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }];
}

function SortIcon({ sorted }: { sorted: false | 'asc' | 'desc' }): ReactNode {
  if (sorted === 'asc') return <ArrowUp size={14} aria-hidden />;
  if (sorted === 'desc') return <ArrowDown size={14} aria-hidden />;
  return <ChevronsUpDown size={14} aria-hidden className={styles.unsorted} />;
}

/** j and k work wherever the focus is. */
function RowKeys({ frame }: { frame: React.RefObject<HTMLDivElement | null> }): ReactNode {
  const { t } = useTranslation();
  useShortcut({ keys: ['j'], also: '↓', label: t('keys.next'), group: 'lists', run: () => step(frame.current, 1) });
  useShortcut({
    keys: ['k'],
    also: '↑',
    label: t('keys.previous'),
    group: 'lists',
    run: () => step(frame.current, -1),
  });
  return null;
}

/** Moves the focus by a row, from none to the first or the last; false at an end. */
function step(frame: HTMLElement | null, by: 1 | -1): boolean {
  const links = [...(frame?.querySelectorAll<HTMLElement>('[data-row]') ?? [])];
  const row = document.activeElement?.closest('tr') ?? null;
  const at = links.findIndex((link) => link.closest('tr') === row);
  const next = at === -1 ? links.at(by === 1 ? 0 : -1) : links[at + by];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return next !== undefined;
}
