import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { FindingSummary } from '../../api/types.js';
import { Badge, VerdictBadge } from '../../ui/Badge.js';
import type { Column } from '../../ui/DataTable.js';
import { Time } from '../../ui/Time.js';
import { ControllerName, RuleName } from '../../ui/Values.js';

export function useFindingColumns(): readonly Column<FindingSummary>[] {
  const { t } = useTranslation(['findings', 'common', 'terms', 'rules']);
  return useMemo(
    () => [
      { id: 'what', header: t('what'), main: true, cell: (finding) => <Rules finding={finding} /> },
      { id: 'verdict', header: t('common:filter.verdict'), cell: (finding) => <Verdict finding={finding} /> },
      {
        id: 'service',
        header: t('common:filter.service'),
        cell: ({ controller, service }) => (
          <>
            <ControllerName controller={controller} />
            {service !== null && <div className="muted">{service}</div>}
          </>
        ),
      },
      {
        id: 'purpose',
        header: t('common:filter.purpose'),
        cell: ({ purpose, legalBasis }) => (
          <>
            {purpose ?? <span className="muted">–</span>}
            {legalBasis !== null && <div className="muted">{t(`terms:basis.${legalBasis}`)}</div>}
          </>
        ),
      },
      { id: 'kind', header: t('common:filter.kind'), cell: ({ kind }) => t(`terms:kind.${kind}`) },
      {
        id: 'occurredAt',
        header: t('occurred'),
        sortable: true,
        cell: ({ occurredAt }) => <Time value={occurredAt} focusable={false} />,
      },
      {
        id: 'recordedAt',
        header: t('recorded'),
        sortable: true,
        cell: ({ recordedAt }) => <Time value={recordedAt} focusable={false} />,
      },
    ],
    [t],
  );
}

/** The first rule that fired, and how many more; what later evidence took back has none. */
function Rules({ finding: { reasons } }: { finding: FindingSummary }) {
  const { t } = useTranslation('findings');
  const [first, ...others] = reasons;
  if (first === undefined) return t('nothingLeft');
  return (
    <>
      <RuleName rule={first.rule} />
      {others.map(({ rule }, index) => (
        <span key={index} className="muted">
          {', '}
          <RuleName rule={rule} />
        </span>
      ))}
    </>
  );
}

function Verdict({ finding: { verdict, amended } }: { finding: FindingSummary }) {
  const { t } = useTranslation('findings');
  return (
    <span className="cluster">
      <VerdictBadge verdict={verdict} />
      {amended && <Badge>{t('amended')}</Badge>}
    </span>
  );
}
