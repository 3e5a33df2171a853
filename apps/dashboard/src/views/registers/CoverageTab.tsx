import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { CircleCheck, CircleDashed, CircleX } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { coverageQuery } from '../../api/queries.js';
import { useFormat } from '../../format/use-format.js';
import type { Filters } from '../../search/schemas.js';
import { Badge } from '../../ui/Badge.js';
import { Card } from '../../ui/Card.js';
import { DataTable, type Column } from '../../ui/DataTable.js';
import { useSpanText } from '../../ui/filter/FilterBar.js';
import { TimeFilter, type Span } from '../../ui/filter/TimeFilter.js';
import { Empty, Loaded } from '../../ui/State.js';
import { Num } from '../../ui/Values.js';
import { coverageRows, type CoverageRow, type CoverageState } from './coverage.js';
import styles from './registers.module.css';

interface CoverageTabProps {
  controller: string;
  /** The version in force, against which the api holds; null where none is. */
  inForce: number | null;
  span: Span;
  onSpan: (span: Span) => void;
}

/** What is declared against what was seen. */
export function CoverageTab({ controller, inForce, span, onSpan }: CoverageTabProps): ReactNode {
  const { t } = useTranslation('registers');
  const format = useFormat();
  const times: Filters = {
    ...(span.from !== undefined && { occurredFrom: span.from }),
    ...(span.to !== undefined && { occurredTo: span.to }),
  };
  const spanText = useSpanText()(span);
  const query = useQuery(coverageQuery(controller, times));
  const columns = useCoverageColumns({ controller: [controller], ...times });
  return (
    <Card
      title={t('tabs.coverage')}
      flush
      actions={<TimeFilter which="occurred" span={span} onChange={onSpan} />}
    >
      <div className={styles.about}>
        <p>{t('coverage.lead')}</p>
        <p className="muted small">
          {inForce !== null && t('coverage.held', { number: format.number(inForce) })} {spanText === null ? t('coverage.anyTime') : `${t('coverage.span', { span: spanText })} ${t('coverage.days')}`}
        </p>
      </div>
      <Loaded query={query} lines={6}>
        {(coverage) => {
          const rows = coverageRows(coverage);
          if (rows.length === 0) return <Empty title={t('coverage.empty')} hint={t('coverage.emptyHint')} />;
          return (
            <>
              <Summary rows={rows} />
              <DataTable
                label={t('tabs.coverage')}
                columns={columns}
                rows={rows}
                rowId={({ purpose, state }) => `${state} ${purpose}`}
                stale={query.isPlaceholderData}
              />
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

/** What somebody should do about it. */
function Summary({ rows }: { rows: readonly CoverageRow[] }): ReactNode {
  const { t } = useTranslation('registers');
  const format = useFormat();
  const count = (state: CoverageState): number => rows.filter((row) => row.state === state).length;
  const [undeclared, unseen] = [count('undeclared'), count('unseen')];
  const slots = (number: number) => ({ count: number, number: format.number(number) });
  return (
    <ul className={styles.summary}>
      {undeclared > 0 && (
        <li>
          <StateIcon state="undeclared" /> {t('coverage.undeclaredNote', slots(undeclared))}
        </li>
      )}
      {unseen > 0 && (
        <li>
          <StateIcon state="unseen" /> {t('coverage.unseenNote', slots(unseen))}
        </li>
      )}
      {undeclared + unseen === 0 && (
        <li>
          <StateIcon state="seen" /> {t('coverage.allFine')}
        </li>
      )}
    </ul>
  );
}

const ICONS = { undeclared: CircleX, unseen: CircleDashed, seen: CircleCheck };
const TONES = { undeclared: 'violation', unseen: 'neutral', seen: 'compliant' } as const;

function StateIcon({ state }: { state: CoverageState }): ReactNode {
  const Icon = ICONS[state];
  return <Icon size={16} aria-hidden className={styles[state]} />;
}

function useCoverageColumns(filters: Filters): readonly Column<CoverageRow>[] {
  const { t } = useTranslation('registers');
  const format = useFormat();
  const key = JSON.stringify(filters);
  return useMemo(() => {
    const shared = JSON.parse(key) as Filters;
    return [
      { id: 'purpose', header: t('coverage.purpose'), main: true, cell: ({ purpose }) => <strong>{purpose}</strong> },
      {
        id: 'state',
        header: t('coverage.state'),
        cell: ({ state }) => (
          <Badge icon={ICONS[state]} tone={TONES[state]}>
            {t(`coverage.${state}`)}
          </Badge>
        ),
      },
      { id: 'events', header: t('coverage.events'), align: 'end', cell: ({ events }) => <Num value={events} /> },
      {
        id: 'findings',
        header: t('coverage.findings'),
        align: 'end',
        cell: ({ purpose, findings }) =>
          findings === 0 ? (
            <Num value={0} />
          ) : (
            <Link
              to="/findings"
              search={{ ...shared, purpose: [purpose] }}
            >
              <span className="visually-hidden">{t('coverage.findingsOf', { purpose })} </span>
              {findings === null ? t('coverage.show') : format.number(findings)}
            </Link>
          ),
      },
      {
        id: 'lastSeen',
        header: t('coverage.lastSeen'),
        cell: ({ lastSeen }) =>
          lastSeen === null ? <span className="muted">–</span> : <span className="nowrap">{format.longDay(lastSeen)}</span>,
      },
    ];
  }, [t, format, key]);
}
