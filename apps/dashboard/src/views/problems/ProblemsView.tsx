import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { meQuery, problemsQuery } from '../../api/queries.js';
import { useFormat } from '../../format/use-format.js';
import { patched } from '../../search/patch.js';
import { toQuery } from '../../search/query-string.js';
import type { ProblemsSearch } from '../../search/schemas.js';
import { Card } from '../../ui/Card.js';
import { DataTable } from '../../ui/DataTable.js';
import { ExportMenu } from '../../ui/ExportMenu.js';
import { FilterBar, isFiltered, NO_FILTERS, type FilterChange } from '../../ui/filter/FilterBar.js';
import { NewRows } from '../../ui/NewRows.js';
import { Page } from '../../ui/Page.js';
import { Paging } from '../../ui/Paging.js';
import { Segmented } from '../../ui/Segmented.js';
import { Empty, EmptyFiltered, Loaded } from '../../ui/State.js';
import { fetched, useHeld } from '../../ui/use-held.js';
import { useReading } from '../../ui/use-reading.js';
import { useProblemColumns } from './columns.js';

const route = getRouteApi('/problems');
const FACETS = ['status', 'controller', 'verdict', 'rule', 'service', 'kind', 'purpose', 'occurred'] as const;

/** What is broken, once for each cause. */
export function ProblemsView(): ReactNode {
  const { t } = useTranslation('problems');
  const format = useFormat();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const query = useQuery(problemsQuery(search));
  const columns = useProblemColumns();
  const { reading, watch } = useReading();
  const sort = search.sort ?? '-lastSeen';
  // Rows change places as findings come in, but not under a reader's pointer or focus.
  const current = useHeld(toQuery({ ...search, reading }), fetched(query), sort.startsWith('-'));
  const fresh = reading ? (current?.fresh ?? 0) : 0;
  const filter = (change: FilterChange): void => void navigate({ search: (before) => patched(before, change) });
  return (
    <Page
      title={t('title')}
      lead={t('lead')}
      actions={
        <>
          <Whose search={search} onChange={filter} />
          <ExportMenu list="problems" search={search} />
        </>
      }
    >
      <FilterBar search={search} facets={FACETS} onChange={filter} />
      <Card title={t('title')} titleHidden flush>
        <Loaded query={query} lines={8}>
          {(latest) => {
            const page = (reading ? current?.page : undefined) ?? latest;
            return page.items.length === 0 ? (
              isFiltered(search) ? (
                <EmptyFiltered onClear={() => filter(NO_FILTERS)} />
              ) : (
                <Empty title={t('empty')} hint={t('emptyHint')} />
              )
            ) : (
              <div {...watch}>
                <NewRows
                  count={fresh}
                  label={t('fresh', { count: fresh, number: format.number(fresh) })}
                  onLoad={() => current?.load()}
                />
                <DataTable
                  label={t('title')}
                  columns={columns}
                  rows={page.items}
                  rowId={({ id }) => id}
                  rowLink={({ id }) => ({ to: '/problems/$id', params: { id } })}
                  sort={sort}
                  onSort={(sort) =>
                    void navigate({ search: (before) => patched(before, { sort: sort as ProblemsSearch['sort'] }) })
                  }
                  stale={query.isPlaceholderData}
                />
                <Paging
                  place={search}
                  page={page}
                  onMove={(place) => void navigate({ search: (before) => patched(before, place) })}
                />
              </div>
            );
          }}
        </Loaded>
      </Card>
    </Page>
  );
}

/** Everybody's problems, or those that the person is to see to. */
function Whose({ search, onChange }: { search: ProblemsSearch; onChange: (change: FilterChange) => void }): ReactNode {
  const { t } = useTranslation('problems');
  const { data: me } = useQuery(meQuery());
  if (me === undefined) return null;
  return (
    <Segmented
      label={t('whose')}
      value={search.assignee === undefined ? 'everybody' : search.assignee === me.name ? 'mine' : 'other'}
      options={[
        { value: 'everybody', label: t('everybody') },
        { value: 'mine', label: t('mine') },
      ]}
      onChange={(whose) => onChange({ assignee: whose === 'mine' ? me.name : undefined })}
    />
  );
}
