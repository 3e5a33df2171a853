import type { AuditEntry } from '#libs/events';
import { problemId } from '#libs/views';
import type { Dimension, FindingFilter, Kind, Scope, Sort, TimeRange } from '#libs/views';
import type { MadeBlock } from './finding-histories.js';

/** An entry as the newest amendment leaves it. */
export interface NaiveFinding {
  readonly id: string;
  readonly kind: Kind;
  /** The last one counts. */
  readonly versions: AuditEntry[];
  readonly occurredAt: number;
  readonly recordedAt: number;
}

const DAY = 86_400_000;

/** What read models must say, worked out by going through everything; it shares no code with them. */
export class NaiveViews {
  readonly findings: NaiveFinding[] = [];

  constructor(blocks: readonly MadeBlock[]) {
    const byId = new Map<string, NaiveFinding>();
    for (const { entries } of blocks) {
      for (const { task, block, index, entry } of entries) {
        if (entry.kind === 'reveal' || entry.repeat) continue;
        if (entry.amends !== null) {
          const { amends } = entry;
          byId.get(`${amends.task}/${amends.block}/${amends.index}`)?.versions.push(entry);
          continue;
        }
        const kind = entry.kind === 'finding' ? (entry.stream as Kind) : (entry.kind as Kind);
        const { recordedAt } = entry;
        const finding = {
          id: `${task}/${block}/${index}`,
          kind,
          versions: [entry],
          occurredAt: entry.occurredAt ?? recordedAt,
          recordedAt,
        };
        byId.set(finding.id, finding);
        this.findings.push(finding);
      }
    }
  }

  /** Ids in order. */
  list(filter: FindingFilter, scope: Scope, sort: Sort): string[] {
    const field = sort.replace('-', '') as 'occurredAt' | 'recordedAt';
    const sign = sort.startsWith('-') ? -1 : 1;
    const found = this.listed(filter, scope);
    return found.sort((a, b) => sign * (a[field] - b[field] || compare(a.id, b.id))).map(({ id }) => id);
  }

  listed(filter: FindingFilter, scope: Scope): NaiveFinding[] {
    return this.findings.filter((finding) => {
      const { verdict } = newest(finding);
      const compliant = verdict === 'compliant';
      if (compliant && (finding.versions.length === 1 || filter.verdicts === undefined)) return false;
      return (
        matches(finding, filter, scope) &&
        within(finding.occurredAt, filter.occurred) &&
        within(finding.recordedAt, filter.recorded)
      );
    });
  }

  /** Counts by `JSON.stringify(key)`, of all entries, times by whole days. */
  statistics(filter: FindingFilter, scope: Scope, by: readonly Dimension[]): Record<string, number> {
    const counts: Record<string, number> = {};
    const whole = (range: TimeRange = {}): TimeRange => ({
      from: range.from === undefined ? undefined : Math.floor(range.from / DAY) * DAY,
      to: range.to === undefined ? undefined : Math.ceil(range.to / DAY) * DAY,
    });
    for (const finding of this.findings) {
      if (!matches(finding, filter, scope)) continue;
      if (!within(finding.occurredAt, whole(filter.occurred)) || !within(finding.recordedAt, whole(filter.recorded)))
        continue;
      const entry = newest(finding);
      const byReason = by.includes('rule') || by.includes('clause');
      const reasons = byReason ? entry.reasons.filter((reason) => reasonMatches(finding, reason, filter)) : [null];
      const keys = reasons.map((reason) =>
        JSON.stringify(
          by.map((dimension) => {
            if (dimension === 'day') return Math.floor(finding.occurredAt / DAY);
            if (dimension === 'recordedDay') return Math.floor(finding.recordedAt / DAY);
            if (dimension === 'rule') return reason?.rule;
            if (dimension === 'clause') return reason?.clause;
            return dimension === 'kind' ? finding.kind : entry[dimension];
          }),
        ),
      );
      for (const key of new Set(keys)) counts[key] = (counts[key] ?? 0) + 1;
    }
    return counts;
  }

  /** Number of findings by problem. */
  problems(filter: FindingFilter, scope: Scope): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const finding of this.listed(filter, scope)) {
      for (const reason of newest(finding).reasons) {
        if (!reasonMatches(finding, reason, filter)) continue;
        const id = problemOf(finding, reason);
        counts[id] = (counts[id] ?? 0) + 1;
      }
    }
    return counts;
  }

  /** By problem when its findings occurred, never later than they were recorded, and when they were recorded. */
  times(): Record<string, { seen: number[]; recorded: number[] }> {
    const times: Record<string, { seen: number[]; recorded: number[] }> = {};
    for (const finding of this.findings) {
      for (const { reasons, recordedAt } of finding.versions) {
        for (const reason of reasons) {
          const { seen, recorded } = (times[problemOf(finding, reason)] ??= { seen: [], recorded: [] });
          seen.push(Math.min(finding.occurredAt, recordedAt));
          recorded.push(recordedAt);
        }
      }
    }
    return times;
  }
}

export function newest({ versions }: NaiveFinding): AuditEntry {
  return versions.at(-1) as AuditEntry;
}

function matches(finding: NaiveFinding, filter: FindingFilter, { controllers }: Scope): boolean {
  const entry = newest(finding);
  const any = (list: readonly string[] | undefined, value: string | null): boolean =>
    list === undefined || (value !== null && list.includes(value));
  if (controllers !== 'all' && (entry.controller === null || !controllers.has(entry.controller))) return false;
  const { rules, clauses, problems } = filter;
  const byReason = rules !== undefined || clauses !== undefined || problems !== undefined;
  return (
    any(filter.controllers, entry.controller) &&
    any(filter.verdicts, entry.verdict) &&
    any(filter.purposes, entry.purpose) &&
    any(filter.services, entry.service) &&
    any(filter.kinds, finding.kind) &&
    (!byReason || entry.reasons.some((reason) => reasonMatches(finding, reason, filter)))
  );
}

function reasonMatches(
  finding: NaiveFinding,
  reason: AuditEntry['reasons'][number],
  { rules, clauses, problems }: FindingFilter,
): boolean {
  const { rule, clause } = reason;
  if (rules !== undefined && !rules.includes(rule)) return false;
  if (clauses !== undefined && (clause === null || !clauses.includes(clause))) return false;
  return problems === undefined || problems.includes(problemOf(finding, reason));
}

function problemOf(finding: NaiveFinding, { rule, clause }: { rule: string; clause: string | null }): string {
  const { controller, service } = newest(finding);
  return problemId({ controller, rule, clause, service, kind: finding.kind });
}

function within(time: number, { from = -Infinity, to = Infinity }: TimeRange = {}): boolean {
  return time >= from && time < to;
}

/** By task, block and index, as numbers. */
function compare(a: string, b: string): number {
  const [left, right] = [a.split('/').map(Number), b.split('/').map(Number)];
  for (const [i, n] of left.entries()) if (n !== right[i]) return n - (right[i] as number);
  return 0;
}
