/** What the view of duties asks for beside the duties themselves. */
import { statisticsQuery } from '../../api/queries.js';
import type { DutiesSearch, Filters } from '../../search/schemas.js';

/** Findings of what is overdue: violations that stand. */
export function overdueFilters({ controller }: DutiesSearch): Filters {
  return { ...(controller && { controller }), kind: ['duty'], verdict: ['violation'] };
}

export const overdueQuery = (search: DutiesSearch) => statisticsQuery(['rule'], overdueFilters(search));
