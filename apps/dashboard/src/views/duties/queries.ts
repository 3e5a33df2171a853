/** What the view of duties asks for beside the duties themselves. */
import { statisticsQuery } from '../../api/queries.js';
import type { DutiesSearch, Filters } from '../../search/schemas.js';

/** Findings of what was not done in time, where they stand: gaps too, which people must judge. */
export function overdueFilters({ controller }: DutiesSearch): Filters {
  return { ...(controller && { controller }), kind: ['duty'], verdict: ['violation', 'gap'] };
}

export const overdueQuery = (search: DutiesSearch) => statisticsQuery(['rule'], overdueFilters(search));
