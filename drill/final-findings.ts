import { decodeRecord, recordKey, WriterSchemas } from '#libs/events';
import type { AuditEntry, StreamEvent } from '#libs/events';
import { factOf, judge, SubjectFacts } from '#libs/judge';
import type { Finding } from '#libs/judge';
import type { Register, Registers, TransferLaw } from '#libs/register';
import type { PlacedEntry } from '#libs/trail';

/** A record of the topics, as a read-committed consumer sees it; `timestamp` in ms, negative where it has none. */
export interface TopicRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly value: Buffer | null;
}

/** Findings by `placeOf` of their records, as text: two say the same where the texts are equal. */
export type Findings = ReadonlyMap<string, string>;

/** `<topic> <partition> <offset>`. */
export function placeOf({ topic, partition, offset }: Pick<TopicRecord, 'topic' | 'partition' | 'offset'>): string {
  return `${topic} ${partition} ${offset}`;
}

/** An entry that others may amend, and what stands of it in the end. */
interface Standing {
  readonly entry: AuditEntry;
  readonly block: number;
  /** null for a duty. */
  readonly place: string | null;
  /** What was said of it first, and last. */
  readonly first: string;
  text: string;
}

/**
 * What the trail says in the end: of every record the finding, or the last of its amendments; of every duty likewise.
 *
 * Takes in a trail entry by entry (a task's in the order of its chain) and notes in `faults`, one sentence each, what no
 * trail may hold: two findings on one record, two on one duty, an amendment that names nothing of its task's earlier
 * blocks, or not the first finding, or that tells of another record, or another register version, or nothing new.
 */
export class FinalFindings {
  readonly faults: string[] = [];
  /** Number of entries of each kind. */
  findings = 0;
  amendments = 0;
  private readonly byPosition = new Map<string, Standing>();
  private readonly byPlace = new Map<string, Standing>();
  private readonly byDuty = new Map<string, Standing>();

  add({ task, block, index, entry }: PlacedEntry): void {
    const name = `entry ${index} of block ${block} of task ${task}`;
    const fault = (what: string) => this.faults.push(`${name} ${what}`);
    const position = `${task}/${block}/${index}`;
    if (entry.kind === 'finding' || entry.kind === 'unreadable') {
      this.findings++;
      if (entry.source === null) return void fault('is of no record');
      const place = placeOf(entry.source);
      if (entry.source.partition !== task) fault(`is of ${place}, which is another task's`);
      if (entry.amends !== null) fault('is a finding that amends');
      if (this.byPlace.has(place)) return void fault(`is a second finding on ${place}`);
      const text = textOf(entry);
      const standing = { entry, block, place, first: text, text };
      this.byPlace.set(place, standing);
      this.byPosition.set(position, standing);
    } else if (entry.kind === 'duty') {
      const tag = String(entry.tag?.toString('hex'));
      if (entry.source !== null || entry.amends !== null) fault('is a duty, and names a record or amends');
      if (this.byDuty.has(tag)) return void fault('is a second finding on one duty');
      const text = textOf(entry);
      const standing = { entry, block, place: null, first: text, text };
      this.byDuty.set(tag, standing);
      this.byPosition.set(position, standing);
    } else if (entry.kind === 'amendment') {
      this.amendments++;
      const { amends } = entry;
      if (amends === null) return void fault('amends nothing');
      const amended = this.byPosition.get(`${amends.task}/${amends.block}/${amends.index}`);
      if (amended === undefined) return void fault(`amends ${JSON.stringify(amends)}, which is no finding before it`);
      if (amends.task !== task || amended.block >= block) fault('amends what is not in an earlier block of its task');
      if (amended.entry.kind === 'unreadable') fault('amends what nobody could read');
      const kept = amended.entry.kind === 'duty' ? KEPT : [...KEPT, 'register' as const];
      const differing = kept.filter((field) => !same(entry[field], amended.entry[field]));
      if (differing.length > 0) fault(`differs from the entry it amends in ${differing.join(', ')}`);
      const text = textOf(entry);
      if (text === amended.text) fault(`says of ${amended.place ?? 'a duty'} what was said before`);
      amended.text = text;
    }
  }

  /** What stands of each record. */
  get standing(): Findings {
    return new Map([...this.byPlace].map(([place, { text }]) => [place, text]));
  }

  /** What was found on each record, before it was amended. */
  get first(): Findings {
    return new Map([...this.byPlace].map(([place, { first }]) => [place, first]));
  }

  /** The register version each record was judged by (SHA-256 in hex); null: there was none. */
  get registers(): ReadonlyMap<string, string | null> {
    return new Map([...this.byPlace].map(([place, { entry }]) => [place, entry.register?.toString('hex') ?? null]));
  }

  /** Number of findings on duties. */
  get duties(): number {
    return this.byDuty.size;
  }

  /**
   * The duties that stand as not fulfilled in time, as text, sorted. They are without tags, which differ from vault to
   * vault, without the day they fell due, which an amendment does not change, and without the day of the look, which is
   * another one where a clock is wrong.
   */
  get standingDuties(): readonly string[] {
    return [...this.byDuty.values()]
      .filter(({ text }) => !text.startsWith('["compliant"'))
      .map(({ entry, text }) =>
        JSON.stringify([entry.controller, entry.purpose, text.replace(DAY_OF_LOOK, 'the day of the look')]),
      )
      .sort();
  }
}

/** In the message of a duty that is not fulfilled; see `libs/judge/src/duties`. */
const DAY_OF_LOOK = /(?<=(?:is on record|it is unanswered) on )\d{4}-\d\d-\d\d(?="\]\]\]$)/;

/** What judging a record is to know of its subject: all that the records teach, or what those before it do. */
export type Knowing = 'all' | 'as they came';

/** What records are judged by. */
export interface Judgement {
  readonly registers: Registers;
  readonly law: TransferLaw;
  /** Which version each record was judged by; those left out by the one in force. */
  readonly pinned?: ReadonlyMap<string, string | null>;
  /** The version with this SHA-256 (hex); default: of `registers`. */
  readonly resolve?: (id: string) => Register | undefined;
  /** The event of a record; null where it holds none. Default: by the released schemas, without a schema registry. */
  readonly decode?: (record: TopicRecord) => StreamEvent | null;
}

/**
 * What must stand of each record in the end: judged by all that the records teach of its subject, whatever came first,
 * and by the register version of its first finding.
 *
 * @param records gives them anew each time; they are gone through twice
 */
export function expectedFindings(
  records: () => Iterable<TopicRecord>,
  by: Judgement,
  knowing: Knowing = 'all',
): Findings {
  const { registers, law, pinned = new Map<string, string | null>(), decode = decoder() } = by;
  const { resolve = byId(registers) } = by;
  const facts = new Map<string, SubjectFacts>();
  const learn = (event: StreamEvent): SubjectFacts => {
    const key = recordKey(event.event);
    const own = facts.get(key) ?? new SubjectFacts();
    facts.set(key, own);
    const fact = factOf(event);
    if (fact !== null) own.add(fact);
    return own;
  };
  if (knowing === 'all') {
    for (const record of records()) {
      const event = decode(record);
      if (event !== null) learn(event);
    }
  }
  const expected = new Map<string, string>();
  for (const record of records()) {
    const place = placeOf(record);
    const event = decode(record);
    if (event === null) {
      expected.set(place, UNREADABLE);
      continue;
    }
    const timestamp = record.timestamp < 0 ? null : record.timestamp;
    const id = pinned.get(place) ?? null;
    const register = id === null ? undefined : resolve(id);
    if (id !== null && register === undefined)
      throw new Error(`no register ${id} is known, by which ${place} is judged`);
    const judging = { event, timestamp, registers, facts: learn(event), law };
    expected.set(place, findingText(judge({ ...judging, ...(register === undefined ? {} : { register }) })));
  }
  return expected;
}

/** How many differences are spelt out. */
const TOLD = 20;

/** Where two runs' findings differ, one sentence each, in the order of places; empty: nowhere. */
export function differences(actual: Findings, expected: Findings): string[] {
  const told: string[] = [];
  let count = 0;
  for (const place of [...new Set([...expected.keys(), ...actual.keys()])].sort()) {
    const is = actual.get(place);
    const ought = expected.get(place);
    if (is === ought) continue;
    if (++count > TOLD) continue;
    told.push(`${place} is ${is ?? 'missing'}, not ${ought ?? 'missing'}`);
  }
  if (count > TOLD) told.push(`${count - TOLD} more differ`);
  return told;
}

/** What an amendment has in common with the entry it amends; that of a finding also the register. */
const KEPT = [
  'source',
  'tag',
  'occurredAt',
  'stream',
  'controller',
  'service',
  'purpose',
  'legalBasis',
] as const satisfies readonly (keyof AuditEntry)[];

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** The same whatever is wrong with a record: what is said of it may depend on settings. */
const UNREADABLE = 'unreadable';

function textOf(entry: AuditEntry): string {
  if (entry.verdict === 'unreadable') return UNREADABLE;
  return findingText({ ...entry, register: entry.register?.toString('hex') ?? null });
}

/** Not libs/judge's own text: what is checked here must not lean on what made it. */
function findingText(
  finding: Pick<Finding, 'verdict' | 'register' | 'assumptions'> & Pick<AuditEntry, 'reasons'>,
): string {
  const { verdict, register, assumptions } = finding;
  const reasons = finding.reasons.map(({ rule, effect, clause, message }) => [rule, effect, clause, message]);
  return JSON.stringify([verdict, register, assumptions, reasons]);
}

function byId(registers: Registers): (id: string) => Register | undefined {
  const known = new Map([...registers].map((register) => [register.id, register]));
  return (id) => known.get(id);
}

function decoder(): (record: TopicRecord) => StreamEvent | null {
  const writers = new WriterSchemas();
  return ({ value }) => {
    const decoded = decodeRecord(value, writers);
    return decoded.ok ? decoded.event : null;
  };
}
