import type { TObject } from 'typebox';
import type { FindingFilter, Scope } from '#libs/views';
import type { Person } from '../access/person.js';
import type { Input } from '../http/schema.js';
import type { FILTERS } from './schemas.js';

/** The query parameters by which findings are chosen, as the read models take them. */
export function filterOf(query: Input<TObject<typeof FILTERS>>): FindingFilter {
  return {
    controllers: query.controller,
    verdicts: query.verdict,
    rules: query.rule,
    clauses: query.clause,
    purposes: query.purpose,
    services: query.service,
    kinds: query.kind,
    problems: query.problem,
    occurred: { from: query.occurredFrom, to: query.occurredTo },
    recorded: { from: query.recordedFrom, to: query.recordedTo },
  };
}

/** What a person may see, as the read models take it. */
export function scopeOf({ controllers }: Person): Scope {
  return { controllers };
}
