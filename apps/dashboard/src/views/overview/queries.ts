/** What the overview asks for. */
import { dutiesQuery, logQuery, problemsQuery, statisticsQuery } from '../../api/queries.js';
import { DAY, lastDays } from '../../format/time.js';
import type { OverviewSearch, Period } from '../../search/schemas.js';

const PERIOD: Period = 30;
/** Rows of the short lists. */
export const SHORT = 6;

/** The same controllers, in another view. */
export function ofControllers({ controller }: OverviewSearch): Pick<OverviewSearch, 'controller'> {
  return controller === undefined ? {} : { controller };
}

export const periodOf = ({ days = PERIOD }: OverviewSearch): Period => days;

/** The days of the period, oldest first, today last: in UTC, as the api counts them. */
export function daysOf(search: OverviewSearch, now: number): string[] {
  return lastDays(periodOf(search), now);
}

/** The same for the loader, before the view is there, and for the view: equal keys are one request. */
export function overviewQueries(search: OverviewSearch, now: number) {
  const days = periodOf(search);
  const scope = ofControllers(search);
  const since = (count: number): string => `${lastDays(1, now - (count - 1) * DAY).join('')}T00:00:00.000Z`;
  return {
    /** Twice the period, to compare it with the one before. */
    byDay: statisticsQuery(['day', 'verdict'], { ...scope, occurredFrom: since(2 * days) }),
    bySeries: statisticsQuery(['day', search.by ?? 'rule'], {
      ...scope,
      verdict: ['violation', 'gap'],
      occurredFrom: since(days),
    }),
    open: problemsQuery({ ...scope, status: ['open'], sort: '-openedAt' }, SHORT),
    acknowledged: problemsQuery({ ...scope, status: ['acknowledged'], sort: '-openedAt' }, 1),
    duties: dutiesQuery(scope),
    log: logQuery(),
  };
}
