import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { problemQuery } from '../../api/queries.js';
import { ControllerName, RuleName } from '../../ui/Values.js';

/** Which problem a list of findings belongs to, as its filter says so by an id alone. */
export function OfProblem({ problem }: { problem: string }): ReactNode {
  const { t } = useTranslation('findings');
  const { data } = useQuery(problemQuery(problem));
  if (data === undefined) return null;
  return (
    <p>
      {t('ofProblem')}{' '}
      <Link to="/problems/$id" params={{ id: problem }}>
        <RuleName rule={data.rule} />
      </Link>
      <span className="muted">
        {' · '}
        <ControllerName controller={data.controller} />
        {data.service !== null && ` · ${data.service}`}
      </span>
    </p>
  );
}
