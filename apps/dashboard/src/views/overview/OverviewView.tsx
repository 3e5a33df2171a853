import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { controllersQuery } from '../../api/queries.js';
import { useFormat } from '../../format/use-format.js';
import { PERIODS, type OverviewSearch, type Period } from '../../search/schemas.js';
import { patched } from '../../search/patch.js';
import { FacetFilter } from '../../ui/filter/FacetFilter.js';
import { Page } from '../../ui/Page.js';
import { Segmented } from '../../ui/Segmented.js';
import { DutiesCard } from './DutiesCard.js';
import { FindingsChart } from './FindingsChart.js';
import { LogCard } from './LogCard.js';
import { NewestProblems } from './NewestProblems.js';
import { periodOf } from './queries.js';
import { RateChart } from './RateChart.js';
import { Tiles } from './Tiles.js';

const route = getRouteApi('/');

/** What broke, how much, since when, and what is due: the first look in the morning. */
export function OverviewView(): ReactNode {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data: controllers = [] } = useQuery(controllersQuery());
  // What is looked at differently is still the same place: no new entry in the browser's history.
  const change = (changed: { [Key in keyof OverviewSearch]?: OverviewSearch[Key] | undefined }): void =>
    void navigate({ search: (before) => patched(before, changed), replace: true, resetScroll: false });
  return (
    <Page
      title={t('title')}
      actions={
        <>
          {controllers.length > 1 && (
            <FacetFilter
              facet="controller"
              chosen={search.controller ?? []}
              onChange={(controller) => change({ controller })}
            />
          )}
          <Segmented
            label={t('period')}
            value={String(periodOf(search))}
            options={PERIODS.map((days) => ({
              value: String(days),
              label: t('days', { number: format.number(days) }),
            }))}
            onChange={(days) => change({ days: Number(days) as Period })}
          />
        </>
      }
    >
      <Tiles search={search} />
      <FindingsChart search={search} onChange={change} />
      <div className="columns">
        <div className="stack">
          <NewestProblems search={search} />
          <RateChart search={search} onChange={change} />
        </div>
        <div className="stack">
          <DutiesCard search={search} />
          <LogCard />
        </div>
      </div>
    </Page>
  );
}
