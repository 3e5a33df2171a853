import { toIsoTime } from '#libs/events';
import type { EntryPlace, FindingRow } from '#libs/views';
import type { Wire } from '../../http/schema.js';
import type { FindingSummary } from './schemas.js';

/** A finding as lists show it. */
export function findingSummary(row: FindingRow): Wire<typeof FindingSummary> {
  const { kind, verdict, controller, service, purpose, legalBasis, reasons } = row.shape;
  return {
    id: findingId(row),
    kind,
    verdict,
    controller,
    service,
    purpose,
    legalBasis,
    occurredAt: row.occurredAt === null ? null : toIsoTime(row.occurredAt),
    recordedAt: toIsoTime(row.recordedAt),
    changedAt: toIsoTime(row.changedAt),
    amended: row.history.length > 0,
    logIndex: row.logIndex,
    reasons: reasons.map(({ rule, effect, clause, problem }) => ({ rule, effect, clause, problem })),
  };
}

/** `task-block-index`: a finding is called by the entry that first recorded it. */
export function findingId({ task, block, index }: EntryPlace): string {
  return `${task}-${block}-${index}`;
}

/** @param id as the schema has it */
export function placeOf(id: string): EntryPlace {
  const [task, block, index] = id.split('-').map(Number) as [number, number, number];
  return { task, block, index };
}
