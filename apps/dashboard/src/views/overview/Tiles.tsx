import { useQuery } from '@tanstack/react-query';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { sum } from '../../charts/series.js';
import { lastDays } from '../../format/time.js';
import { useFormat, useNow } from '../../format/use-format.js';
import type { OverviewSearch } from '../../search/schemas.js';
import { compared, daily, type Change } from './figures.js';
import styles from './overview.module.css';
import { overviewQueries, periodOf } from './queries.js';

/** The figures, each a link to what it counts. */
export function Tiles({ search }: { search: OverviewSearch }): ReactNode {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const now = useNow();
  const days = periodOf(search);
  const queries = overviewQueries(search, now);
  const counts = useQuery(queries.byDay).data;
  const open = useQuery(queries.open).data;
  const acknowledged = useQuery(queries.acknowledged).data;
  const each = counts && daily(counts.rows, lastDays(2 * days, now));
  const events = each && sum(each.events.slice(-days));
  const compliant = each && sum(each.compliant.slice(-days));
  const inPeriod = {
    ...(search.controller && { controller: search.controller }),
    occurredFrom: `${lastDays(days, now)[0]}`,
  };
  return (
    <div className={styles.tiles}>
      <Tile
        label={t('tiles.open')}
        figure={open && format.number(open.total)}
        hint={
          acknowledged && t('tiles.openHint', { count: acknowledged.total, number: format.number(acknowledged.total) })
        }
        link={{
          to: '/problems',
          search: { status: ['open'], ...(search.controller && { controller: search.controller }) },
        }}
      />
      {(['violation', 'gap'] as const).map((verdict) => {
        const figure = each && compared(each[verdict], days);
        return (
          <Tile
            key={verdict}
            label={t(verdict === 'violation' ? 'tiles.violations' : 'tiles.gaps')}
            figure={figure && format.number(figure.now)}
            hint={figure?.change && <ChangeText change={figure.change} days={days} />}
            link={{ to: '/findings', search: { ...inPeriod, verdict: [verdict] } }}
          />
        );
      })}
      <Tile
        label={t('tiles.rate')}
        figure={
          events === undefined ? undefined : events === 0 ? '–' : format.percent((events - (compliant ?? 0)) / events)
        }
        hint={events !== undefined && t('tiles.ofEvents', { count: events, number: format.number(events) })}
        link={{ to: '/findings', search: inPeriod }}
      />
    </div>
  );
}

interface TileProps {
  label: string;
  /** Undefined while it is fetched. */
  figure: string | undefined;
  hint: ReactNode;
  link: LinkProps;
}

function Tile({ label, figure, hint, link }: TileProps): ReactNode {
  return (
    <Link {...link} className={styles.tile}>
      <span className={styles.label}>{label}</span>
      <span className={styles.figure}>{figure ?? <span className="muted">…</span>}</span>
      <span className={styles.hint}>{hint}</span>
    </Link>
  );
}

function ChangeText({ change, days }: { change: Change; days: number }): ReactNode {
  const { t } = useTranslation('overview');
  const format = useFormat();
  const slots = { days: format.number(days) };
  if (change.kind === 'up' || change.kind === 'down')
    return t(`tiles.change_${change.kind}`, { ...slots, percent: format.percent(change.share) });
  return t(`tiles.change_${change.kind}`, slots);
}
