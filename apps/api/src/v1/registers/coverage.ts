import type { Register } from '#libs/register';
import type { FindingFilter, ReadModels, Scope } from '#libs/views';
import type { Wire } from '../../http/schema.js';
import type { RegisterCoverage } from './schemas.js';

/** Streams of processing: what names a purpose because it has one. */
const PROCESSING = ['orders', 'marketing', 'sharing'];
const DAY_MS = 86_400_000;

/** What is counted of a purpose. */
interface Use {
  events: number;
  findings: number;
  /** Days since 1970-01-01, UTC. */
  lastDay: number;
}

/** Which of the purposes that a register declares were used, how often and when last; and which were that it has not. */
export async function coverageOf(
  { controller, purposes }: Pick<Register, 'controller' | 'purposes'>,
  occurred: NonNullable<FindingFilter['occurred']>,
  scope: Scope,
  models: Pick<ReadModels, 'statistics'>,
): Promise<Wire<typeof RegisterCoverage>> {
  const filter = { controllers: [controller], kinds: PROCESSING, occurred };
  const uses = new Map<string, Use>();
  for (const { key, count } of await models.statistics(filter, scope, ['purpose', 'verdict', 'day'])) {
    const [purpose, verdict, day] = key as [string | null, string, number];
    if (purpose === null) continue;
    const use = uses.get(purpose) ?? { events: 0, findings: 0, lastDay: -Infinity };
    use.events += count;
    if (verdict !== 'compliant') use.findings += count;
    use.lastDay = Math.max(use.lastDay, day);
    uses.set(purpose, use);
  }
  const declared = [...purposes.keys()].map((purpose) => {
    const { events, findings, lastDay } = uses.get(purpose) ?? { events: 0, findings: 0, lastDay: null };
    return { purpose, events, findings, lastSeen: lastDay === null ? null : dayText(lastDay) };
  });
  const undeclared = [...uses]
    .filter(([purpose]) => !purposes.has(purpose))
    .map(([purpose, { events }]) => ({ purpose, events }))
    .sort((a, b) => b.events - a.events || (a.purpose < b.purpose ? -1 : 1));
  return { declared, undeclared };
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
