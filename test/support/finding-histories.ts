import fc from 'fast-check';
import type { AuditEntry } from '#libs/events';
import type { EntryPlace } from '#libs/views';

/** An entry of a made-up history and where it stands. */
export interface MadeEntry extends EntryPlace {
  readonly entry: AuditEntry;
}

/** A block of a made-up history. */
export interface MadeBlock {
  readonly task: number;
  readonly recordedAt: number;
  readonly entries: readonly MadeEntry[];
}

const RULES = ['purpose-undeclared', 'category-undeclared', 'consent-missing', 'judgement-required'] as const;
const CLAUSES = ['purposes', 'consent', null] as const;
const DAY = 86_400_000;
/** Noon, so that times spread over several days on both sides. */
const START = Date.UTC(2026, 2, 1, 12);

type Entry = AuditEntry;

const reasons = fc.uniqueArray(fc.record({ rule: fc.constantFrom(...RULES), clause: fc.constantFrom(...CLAUSES) }), {
  minLength: 1,
  maxLength: 3,
  selector: ({ rule, clause }) => `${rule}/${clause}`,
});

/** What makes up one entry; which one an amendment is of is taken from those of its task that came before. */
const seed = fc.record({
  kind: fc.constantFrom(
    'finding',
    'finding',
    'finding',
    'finding',
    'amendment',
    'amendment',
    'duty',
    'unreadable',
    'reveal',
  ),
  bad: fc.boolean(),
  reasons,
  controller: fc.constantFrom('janus', 'jetpak', 'acme'),
  service: fc.constantFrom('shop', 'mailer'),
  purpose: fc.constantFrom('orders', 'news'),
  stream: fc.constantFrom('orders', 'marketing', 'sharing', 'rights'),
  legalBasis: fc.constantFrom('consent', 'contract', null),
  /** ms before the record was made; some are of the same instant. */
  age: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(0, DAY / 2, DAY) },
    { weight: 10, arbitrary: fc.integer({ min: -1_000, max: 5 * DAY }) },
    // By clocks and units that are wrong.
    {
      weight: 1,
      arbitrary: fc.constantFrom(400 * DAY, -400 * DAY, 60 * 365 * DAY, 2_000 * 365 * DAY, -7_000 * 365 * DAY),
    },
  ),
  amended: fc.nat(),
  repeat: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
});

/** Histories: blocks of several tasks, recorded over several days. */
export const histories = fc
  .array(
    fc.record({
      task: fc.integer({ min: 0, max: 2 }),
      gap: fc.integer({ min: 0, max: DAY / 2 }),
      seeds: fc.array(seed, { minLength: 1, maxLength: 12 }),
    }),
    { minLength: 1, maxLength: 14 },
  )
  .map((blocks) => {
    const numbers = new Map<number, number>();
    const amendable = new Map<number, MadeEntry[]>();
    let recordedAt = START;
    return blocks.map(({ task, gap, seeds }): MadeBlock => {
      recordedAt += gap;
      const block = numbers.get(task) ?? 0;
      numbers.set(task, block + 1);
      const before = amendable.get(task) ?? [];
      amendable.set(task, before);
      const entries = seeds.map(({ kind, amended, ...rest }, index): MadeEntry => {
        const of = before[amended % Math.max(1, before.length)];
        const made = {
          task,
          block,
          index,
          entry:
            kind === 'amendment' && of !== undefined
              ? amendmentOf(of, rest, recordedAt)
              : entryOf(kind === 'amendment' ? 'finding' : kind, rest, recordedAt),
        };
        if (made.entry.kind === 'finding' || made.entry.kind === 'duty') before.push(made);
        return made;
      });
      return { task, recordedAt, entries };
    });
  });

type Rest = Omit<typeof seed extends fc.Arbitrary<infer T> ? T : never, 'kind' | 'amended'>;

function entryOf(kind: string, rest: Rest, recordedAt: number): Entry {
  const { bad, controller, service, purpose, stream, legalBasis, age } = rest;
  const base: Entry = {
    ...nothing(recordedAt),
    tag: Buffer.alloc(32, 1),
    occurredAt: recordedAt - age,
    controller,
    purpose,
  };
  if (kind === 'finding') {
    return {
      ...base,
      kind,
      service,
      stream: stream,
      legalBasis: legalBasis,
      repeat: rest.repeat,
      ...said(bad, rest),
    };
  }
  if (kind === 'duty') {
    const reason = { rule: 'request-overdue', effect: 'violation', clause: 'times', message: 'Late.' } as const;
    return { ...base, kind, verdict: 'violation', reasons: [reason] };
  }
  if (kind === 'unreadable') {
    const reason = { rule: 'event-unreadable', effect: 'unreadable', clause: null, message: 'No Avro.' } as const;
    return { ...nothing(recordedAt), kind, verdict: 'unreadable', reasons: [reason] };
  }
  return { ...nothing(recordedAt), kind: 'reveal', controller };
}

function amendmentOf({ task, block, index, entry }: MadeEntry, rest: Rest, recordedAt: number): Entry {
  const again = entry.kind === 'duty' ? { verdict: entry.verdict, reasons: entry.reasons } : said(rest.bad, rest);
  return { ...entry, kind: 'amendment', recordedAt, amends: { task, block, index }, ...again };
}

function said(bad: boolean, { reasons: list }: Pick<Rest, 'reasons'>): Pick<Entry, 'verdict' | 'reasons'> {
  if (!bad) return { verdict: 'compliant', reasons: [] };
  const all = list.map(({ rule, clause }) => {
    const effect = rule === 'judgement-required' ? ('gap' as const) : ('violation' as const);
    return { rule, effect, clause, message: `${rule} because.` };
  });
  return { verdict: all.some(({ effect }) => effect === 'violation') ? 'violation' : 'gap', reasons: all };
}

function nothing(recordedAt: number): Entry {
  return {
    kind: 'finding',
    recordedAt,
    source: null,
    tag: null,
    occurredAt: null,
    stream: null,
    controller: null,
    service: null,
    purpose: null,
    legalBasis: null,
    verdict: 'compliant',
    reasons: [],
    assumptions: [],
    register: null,
    amends: null,
    valueSha256: null,
    account: null,
    act: null,
    repeat: false,
  };
}
