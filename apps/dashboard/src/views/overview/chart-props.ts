import type { Filters, OverviewChart, OverviewSearch } from '../../search/schemas.js';
import { DAY } from '../../format/time.js';

export interface ChartProps {
  search: OverviewSearch;
  onChange: (changed: { [Key in keyof OverviewSearch]?: OverviewSearch[Key] | undefined }) => void;
}

/** Filters for the findings of one day, which the api counts in UTC. */
export function dayFilters({ controller }: OverviewSearch, day: string): Filters {
  const from = Date.parse(day);
  return {
    ...(controller && { controller }),
    occurredFrom: new Date(from).toISOString(),
    occurredTo: new Date(from + DAY).toISOString(),
  };
}

/** The charts that are shown as tables, with one more or one less. */
export function withTable(
  { table = [] }: OverviewSearch,
  chart: OverviewChart,
  asTable: boolean,
): OverviewChart[] | undefined {
  const others = table.filter((other) => other !== chart);
  const next = asTable ? [...others, chart] : others;
  return next.length === 0 ? undefined : next;
}
