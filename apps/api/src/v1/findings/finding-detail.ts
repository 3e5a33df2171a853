import { toIsoTime } from '#libs/events';
import { leafHash } from '#libs/log';
import type { Register } from '#libs/register';
import type { FindingRow } from '#libs/views';
import type { Wire } from '../../http/schema.js';
import { declaredPurpose } from '../registers/register-text.js';
import type { Clause } from '../schemas.js';
import { findingSummary } from './finding-summary.js';
import type { RawEntry } from './log-entries.js';
import type { Finding } from './schemas.js';
import { stepsOf } from './steps.js';

/**
 * A finding with all that is known of it.
 *
 * @param versions the entries about it, oldest first; the last one is the newest
 * @param register that it was judged by; null: by none, or one that is not kept
 */
export function findingDetail(
  row: FindingRow,
  versions: readonly RawEntry[],
  register: Register | null,
): Wire<typeof Finding> {
  const newest = versions.at(-1) as RawEntry;
  const { entry, bytes, logIndex } = newest;
  const clause = (id: string | null): Wire<typeof Clause> | null =>
    id === null ? null : (register?.clauses.get(id) ?? null);
  const problems = new Map(row.shape.reasons.map(({ rule, clause: id, problem }) => [`${rule}/${id}`, problem]));
  const { task, block, index } = row;
  const purpose = entry.purpose === null ? undefined : register?.purposes.get(entry.purpose);
  return {
    ...findingSummary(row),
    reasons: entry.reasons.map(({ rule, effect, clause: id, message }) => ({
      rule,
      effect,
      clause: id,
      problem: problems.get(`${rule}/${id}`) ?? '',
      message,
      clauseText: clause(id),
    })),
    register:
      register === null
        ? null
        : {
            id: register.id,
            controller: register.controller,
            version: register.version,
            inForceFrom: toIsoTime(register.inForceFrom),
          },
    declared: purpose === undefined ? null : declaredPurpose(purpose),
    assumptions: entry.assumptions.map((id) => clause(id)).filter((found) => found !== null),
    source:
      entry.source === null
        ? null
        : { topic: entry.source.topic, partition: entry.source.partition, offset: entry.source.offset },
    valueSha256: entry.valueSha256?.toString('hex') ?? null,
    steps: stepsOf(row.shape),
    history: versions.map((version) => ({
      logIndex: version.logIndex,
      recordedAt: toIsoTime(version.entry.recordedAt),
      verdict: version.entry.verdict,
      reasons: version.entry.reasons,
    })),
    entry: { logIndex, task, block, index, leafHash: leafHash(bytes).toString('hex') },
  };
}
