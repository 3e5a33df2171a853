/** What a filter can be set to, in the person's language. */
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { controllersQuery, statisticsQuery } from '../../api/queries.js';
import { RULES, type Rule } from '../../api/rules.js';
import { KINDS, PROBLEM_STATUSES, VERDICTS, type Kind, type ProblemStatus, type Verdict } from '../../api/types.js';

/** Filters by values from a list. */
export type Facet = 'controller' | 'verdict' | 'rule' | 'purpose' | 'service' | 'kind' | 'status';

export interface Option {
  readonly value: string;
  readonly label: string;
  /** Entries judged that have it, where that is known. */
  readonly count: number | null;
}

/** Undefined while they are fetched. */
export function useOptions(facet: Facet): readonly Option[] | undefined {
  const label = useLabel();
  const controllers = useQuery({ ...controllersQuery(), enabled: facet === 'controller' });
  const counted = facet === 'purpose' || facet === 'service' ? facet : null;
  const counts = useQuery({ ...statisticsQuery([counted ?? 'service']), enabled: counted !== null });
  const listed = (values: readonly string[]): Option[] =>
    values.map((value) => ({ value, label: label(facet, value), count: null }));
  switch (facet) {
    case 'controller':
      return controllers.data?.map(({ controller, name }) => ({
        value: controller,
        label: name ?? controller,
        count: null,
      }));
    case 'verdict':
      return listed(VERDICTS);
    case 'rule':
      return listed(RULES);
    case 'kind':
      return listed(KINDS);
    case 'status':
      return listed(PROBLEM_STATUSES);
    case 'purpose':
    case 'service':
      return counts.data?.rows.flatMap((row) => {
        const value = row[facet as keyof typeof row];
        return typeof value === 'string' ? [{ value, label: value, count: row.count }] : [];
      });
  }
}

/** A value of a filter in words. */
export function useLabel(): (filter: string, value: string) => string {
  const { t } = useTranslation(['common', 'terms', 'rules']);
  const { data: controllers } = useQuery(controllersQuery());
  return (filter, value) => {
    switch (filter) {
      case 'controller':
        return controllers?.find(({ controller }) => controller === value)?.name ?? value;
      case 'verdict':
        return t(`terms:verdict.${value as Verdict}`);
      case 'rule':
        return t(`rules:${value as Rule}.title`);
      case 'kind':
        return t(`terms:kind.${value as Kind}`);
      case 'status':
        return t(`terms:status.${value as ProblemStatus}`);
      default:
        return value;
    }
  };
}
