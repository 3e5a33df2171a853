import { Random } from '../../apps/local/src/traffic/random.js';

/** A kind of question to the API, and one of them after another. */
export interface ApiQuestion {
  readonly name: string;
  /** Path and query below /api/v1. */
  readonly next: () => string;
}

const DAY_MS = 86_400_000;
const SORTS = ['-occurredAt', 'occurredAt', '-recordedAt', 'recordedAt'];

/** Values of filters that findings have. */
export interface Known {
  readonly controllers: readonly string[];
  readonly services: readonly string[];
  readonly purposes: readonly string[];
  readonly rules: readonly string[];
  readonly problems: readonly string[];
  /** Of findings from all over the lists. */
  readonly findings: readonly string[];
  /** That lists go on with. */
  readonly cursors: readonly string[];
}

/** What the page and programs ask. @param now ms; the findings are of the year before it */
export function apiQuestions(known: Known, now: number, seed: number): ApiQuestion[] {
  const random = new Random(seed, 1);
  const any = (list: readonly string[]): string =>
    encodeURIComponent(list[Math.floor(random.fraction() * list.length)] ?? '');
  const time = (): number => now - Math.floor(random.fraction() * 365 * DAY_MS);
  const range = (field: string): string => {
    const [from, to] = [time(), time()].sort((a, b) => a - b) as [number, number];
    return `${field}From=${new Date(from).toISOString()}&${field}To=${new Date(to).toISOString()}`;
  };
  const sort = (): string => `sort=${any(SORTS)}`;
  return [
    { name: 'findings, the newest', next: () => 'findings' },
    {
      name: 'findings, one controller, any order',
      next: () => `findings?controller=${any(known.controllers)}&${sort()}`,
    },
    { name: 'findings, one rule', next: () => `findings?rule=${any(known.rules)}&${sort()}` },
    {
      name: 'findings, controller, rule, service',
      next: () =>
        `findings?controller=${any(known.controllers)}&rule=${any(known.rules)}&service=${any(known.services)}&${sort()}`,
    },
    { name: 'findings, one purpose', next: () => `findings?purpose=${any(known.purposes)}&${sort()}` },
    { name: 'findings of a problem', next: () => `findings?problem=${any(known.problems)}&${sort()}` },
    { name: 'findings, time of event', next: () => `findings?${range('occurred')}&${sort()}` },
    { name: 'findings, time of record', next: () => `findings?${range('recorded')}&${sort()}` },
    { name: 'findings, both times', next: () => `findings?${range('occurred')}&${range('recorded')}&${sort()}` },
    { name: 'findings, a page further on', next: () => `findings?cursor=${any(known.cursors)}` },
    { name: 'a finding', next: () => `findings/${any(known.findings)}` },
    { name: 'proof of a finding', next: () => `findings/${any(known.findings)}/proof` },
    { name: 'problems', next: () => 'problems' },
    {
      name: 'problems, one controller, most findings',
      next: () => `problems?controller=${any(known.controllers)}&sort=-findings`,
    },
    { name: 'problems, time of event', next: () => `problems?${range('occurred')}` },
    { name: 'a problem', next: () => `problems/${any(known.problems)}` },
    { name: 'statistics by day and rule', next: () => 'statistics?by=day,rule' },
    {
      name: 'statistics by day and verdict, 30 days',
      next: () => `statistics?by=day,verdict&occurredFrom=${new Date(now - 30 * DAY_MS).toISOString()}`,
    },
    { name: 'statistics by controller, purpose, service', next: () => 'statistics?by=controller,purpose,service' },
    {
      name: 'statistics of a service by day and clause',
      next: () => `statistics?by=day,clause&service=${any(known.services)}`,
    },
    { name: 'coverage of a register', next: () => `registers/${any(known.controllers)}/coverage` },
  ];
}
