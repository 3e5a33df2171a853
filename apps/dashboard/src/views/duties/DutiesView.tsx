import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { TriangleAlert } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { controllersQuery, dutiesQuery } from '../../api/queries.js';
import { DUTIES, type Duties, type OpenDuty } from '../../api/types.js';
import { useNow } from '../../format/use-format.js';
import { patched } from '../../search/patch.js';
import { someOf } from '../../search/read.js';
import type { DutiesSearch } from '../../search/schemas.js';
import { Card } from '../../ui/Card.js';
import { DataTable, type Column } from '../../ui/DataTable.js';
import { DaysLeft } from '../../ui/DaysLeft.js';
import { FacetFilter } from '../../ui/filter/FacetFilter.js';
import { Page } from '../../ui/Page.js';
import { Segmented } from '../../ui/Segmented.js';
import { Empty, EmptyFiltered, Loaded } from '../../ui/State.js';
import { Time } from '../../ui/Time.js';
import { ControllerName, Num } from '../../ui/Values.js';
import { isOld, ofKinds } from './calendar.js';
import styles from './duties.module.css';
import { DutiesChart } from './DutiesChart.js';
import { Overdue } from './Overdue.js';
import { WhoCard } from './WhoCard.js';

const route = getRouteApi('/duties');
type Change = (changed: { [Key in keyof DutiesSearch]?: DutiesSearch[Key] | undefined }) => void;

/** What must be done soon, and what should have been done. */
export function DutiesView(): ReactNode {
  const { t } = useTranslation('duties');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { controller } = search;
  const query = useQuery(dutiesQuery({ ...(controller && { controller }) }));
  const asOf = query.data?.asOf ?? null;
  const change: Change = (changed) =>
    void navigate({ search: (before) => patched(before, changed), replace: true, resetScroll: false });
  return (
    <Page
      title={t('title')}
      lead={
        <>
          <p>{t('lead')}</p>
          {asOf !== null && <AsOf asOf={asOf} />}
        </>
      }
      actions={<Filters search={search} onChange={change} />}
    >
      <Overdue search={search} />
      <Loaded query={query} lines={8}>
        {(duties) => <Due duties={duties} search={search} stale={query.isPlaceholderData} onChange={change} />}
      </Loaded>
      <WhoCard search={search} />
    </Page>
  );
}

function AsOf({ asOf }: { asOf: string }): ReactNode {
  const { t } = useTranslation('duties');
  return (
    <p className="small">
      {t('asOf')} <Time value={asOf} show="relative" />
      {isOld(asOf, useNow()) && (
        <span className={styles.old}>
          <TriangleAlert size={14} aria-hidden /> {t('stale')}
        </span>
      )}
    </p>
  );
}

function Filters({ search, onChange }: { search: DutiesSearch; onChange: Change }): ReactNode {
  const { t } = useTranslation(['duties', 'terms']);
  const { data: controllers = [] } = useQuery(controllersQuery());
  const { duty: kinds = ['all'] } = search;
  return (
    <>
      {controllers.length > 1 && (
        <FacetFilter
          facet="controller"
          chosen={search.controller ?? []}
          onChange={(controller) => onChange({ controller })}
        />
      )}
      <Segmented
        label={t('filter')}
        // Several, as an address may have them, are none of the choices.
        value={kinds.length === 1 ? (kinds[0] ?? 'all') : ''}
        options={[
          { value: 'all', label: t('allKinds') },
          ...DUTIES.map((duty) => ({ value: duty, label: t(`short.${duty}`) })),
        ]}
        onChange={(chosen) => onChange({ duty: someOf(chosen, DUTIES) })}
      />
    </>
  );
}

interface DueProps {
  duties: Duties;
  search: DutiesSearch;
  stale: boolean;
  onChange: Change;
}

function Due({ duties: { asOf, items }, search, stale, onChange }: DueProps): ReactNode {
  const { t } = useTranslation('duties');
  const columns = useDutyColumns();
  const kinds = search.duty;
  const due = useMemo(() => ofKinds(items, kinds), [items, kinds]);
  if (due.length === 0) {
    const filtered = search.duty !== undefined || search.controller !== undefined;
    return (
      <Card title={t('list')} titleHidden>
        {asOf === null ? (
          <Empty title={t('notYet')} hint={t('notYetHint')} />
        ) : filtered ? (
          <EmptyFiltered onClear={() => onChange({ duty: undefined, controller: undefined })} />
        ) : (
          <Empty title={t('empty')} hint={t('emptyHint')} />
        )}
      </Card>
    );
  }
  return (
    <>
      <DutiesChart
        duties={due}
        asTable={search.table === 'days'}
        onTable={(asTable) => onChange({ table: asTable ? 'days' : undefined })}
      />
      <Card title={t('list')} flush>
        <DataTable
          label={t('list')}
          columns={columns}
          rows={due}
          rowId={({ controller, duty, purpose, dueAt }) => `${controller} ${duty} ${purpose} ${dueAt}`}
          stale={stale}
        />
      </Card>
    </>
  );
}

function useDutyColumns(): readonly Column<OpenDuty>[] {
  const { t } = useTranslation(['duties', 'terms']);
  return useMemo(
    () => [
      {
        id: 'duty',
        header: t('columns.duty'),
        main: true,
        cell: ({ duty }) => <strong>{t(`terms:duty.${duty}`)}</strong>,
      },
      {
        id: 'due',
        header: t('columns.due'),
        cell: ({ dueAt }) => (
          <span className="nowrap">
            <Time value={dueAt} show="date" focusable={false} />
          </span>
        ),
      },
      { id: 'left', header: t('columns.left'), cell: ({ dueAt }) => <DaysLeft dueAt={dueAt} /> },
      {
        id: 'controller',
        header: t('columns.controller'),
        cell: ({ controller }) => <ControllerName controller={controller} />,
      },
      {
        id: 'purpose',
        header: t('columns.purpose'),
        cell: ({ purpose }) => purpose ?? <span className="muted">–</span>,
      },
      { id: 'count', header: t('columns.count'), align: 'end', cell: ({ count }) => <Num value={count} /> },
    ],
    [t],
  );
}
