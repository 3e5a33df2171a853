import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { FINDINGS_SORT, findingsQuery } from '../../api/queries.js';
import { useFormat } from '../../format/use-format.js';
import { patched } from '../../search/patch.js';
import { toQuery } from '../../search/query-string.js';
import type { FindingsSearch } from '../../search/schemas.js';
import { Card } from '../../ui/Card.js';
import { DataTable } from '../../ui/DataTable.js';
import { ExportMenu } from '../../ui/ExportMenu.js';
import { FilterBar, isFiltered, NO_FILTERS, type FilterChange } from '../../ui/filter/FilterBar.js';
import { NewRows } from '../../ui/NewRows.js';
import { Page } from '../../ui/Page.js';
import { Paging } from '../../ui/Paging.js';
import { Empty, EmptyFiltered, Loaded } from '../../ui/State.js';
import { fetched, useHeld } from '../../ui/use-held.js';
import { useFindingColumns } from './columns.js';
import styles from './findings.module.css';
import { OfProblem } from './OfProblem.js';

const route = getRouteApi('/findings');
const FACETS = ['controller', 'verdict', 'rule', 'purpose', 'service', 'kind', 'occurred', 'recorded'] as const;

/** What was found, one by one. It stands still while it is read: what is new is loaded when it is asked for. */
export function FindingsView(): ReactNode {
  const { t } = useTranslation('findings');
  const format = useFormat();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const list = useRef<HTMLDivElement>(null);
  const query = useQuery(findingsQuery(search));
  const columns = useFindingColumns();
  const sort = search.sort ?? FINDINGS_SORT;
  const first = search.cursor === undefined;
  const current = useHeld(toQuery({ ...search }), fetched(query), first && sort.startsWith('-'));
  const fresh = current?.fresh ?? 0;
  const filter = (change: FilterChange): void => void navigate({ search: (before) => patched(before, change) });
  const showNew = (): void => {
    current?.load();
    if (!first) void navigate({ search: (before) => patched(before, {}) });
    list.current?.focus();
  };
  return (
    <Page title={t('title')} lead={t('lead')} actions={<ExportMenu list="findings" search={{ ...search, sort }} />}>
      {search.problem?.map((problem) => (
        <OfProblem key={problem} problem={problem} />
      ))}
      <FilterBar search={search} facets={FACETS} onChange={filter} />
      <Card title={t('title')} titleHidden flush>
        <div ref={list} tabIndex={-1} className={styles.list}>
          <NewRows count={fresh} label={t('fresh', { count: fresh, number: format.number(fresh) })} onLoad={showNew} />
          <Loaded query={query} lines={8}>
            {(latest) => {
              const page = current?.page ?? latest;
              if (page.items.length === 0) {
                return isFiltered(search) ? (
                  <EmptyFiltered onClear={() => filter(NO_FILTERS)} />
                ) : (
                  <Empty title={t('empty')} hint={t('emptyHint')} />
                );
              }
              return (
                <>
                  <DataTable
                    label={t('title')}
                    columns={columns}
                    rows={page.items}
                    rowId={({ id }) => id}
                    rowLink={({ id }) => ({ to: '/findings/$id', params: { id } })}
                    sort={sort}
                    onSort={(chosen) =>
                      void navigate({
                        search: (before) => patched(before, { sort: chosen as FindingsSearch['sort'] }),
                      })
                    }
                    stale={query.isPlaceholderData}
                  />
                  <Paging
                    place={search}
                    page={page}
                    onMove={(place) => void navigate({ search: (before) => patched(before, place) })}
                  />
                </>
              );
            }}
          </Loaded>
        </div>
      </Card>
    </Page>
  );
}
