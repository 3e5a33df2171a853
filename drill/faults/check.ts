import { defaultRegistersDir, loadRegisters, loadTransferLaw } from '#libs/register';
import { parseVerifier } from '#libs/log';
import { entriesOf, MongoLogReader, MongoTrailReader, verifyTrail } from '#libs/trail';
import type { MongoConnection, PlacedEntry } from '#libs/trail';
import type { Keys } from '../../apps/local/src/keys.js';
import type { Offsets } from '../../apps/local/src/offsets.js';
import { expectedFindings, FinalFindings, type Findings, type TopicRecord } from '../final-findings.js';
import type { Observer } from './observer.js';

/** What is held against what. */
export interface Checked {
  /** What the faults struck. */
  readonly mongodb: MongoConnection;
  /** The same topics, audited by one auditor that nothing struck. */
  readonly reference: MongoConnection;
  readonly keys: Keys;
  readonly observer: Observer;
  /** By task. */
  readonly records: ReadonlyMap<number, readonly TopicRecord[]>;
  /** Where the topics end. */
  readonly ends: Offsets;
  /** Duties that fell due since are not compared: when they were swept first is the clock's to say. */
  readonly began: number;
}

/** What came of it. */
export interface Outcome {
  readonly records: number;
  readonly entries: number;
  readonly amendments: number;
  readonly duties: number;
  readonly blocks: number;
  /** Offsets in no block, and records without a finding. */
  readonly lost: number;
  /** Offsets in two blocks, and records or duties with two findings. */
  readonly duplicated: number;
  /** Findings that are not what judging with all facts gives, or not the reference's; amendments that are wrong. */
  readonly wrong: number;
  /** Checkpoints that were served, and how many of them the log does not begin with. */
  readonly checkpoints: number;
  readonly inconsistent: number;
  /** Of `verifyTrail`, with the oldest checkpoint served as the one held. */
  readonly proved: boolean;
  /** The first of everything that is wrong, a sentence each. */
  readonly faults: readonly string[];
}

const TOLD = 40;
const AGAIN = /second finding|again/;
const LEFT_OUT = /leaves out/;
const DAY_MS = 86_400_000;

/** Holds a trail that faults struck against the topics and against a trail that none struck. */
export async function check(checked: Checked): Promise<Outcome> {
  const { mongodb, reference, keys, observer, records, ends } = checked;
  const faults: string[] = [];
  const count = { lost: 0, duplicated: 0, wrong: 0 };
  const add = (kind: keyof typeof count, sentence: string, times = 1): void => {
    count[kind] += times;
    if (faults.length < TOLD) faults.push(`${kind}: ${sentence}`);
  };
  const trail = new MongoTrailReader(mongodb);
  const account = await trail.accountOffsets({ whole: true });
  for (const fault of account.faults)
    add(AGAIN.test(fault) ? 'duplicated' : LEFT_OUT.test(fault) ? 'lost' : 'wrong', fault);
  const accounted = new Map(account.partitions.map((one) => [`${one.topic} ${one.partition}`, one]));
  for (const [topic, list] of ends) {
    for (const [partition, end] of list.entries()) {
      const { to = 0, lost = 0 } = accounted.get(`${topic} ${partition}`) ?? {};
      if (to < end) add('lost', `partition ${partition} of ${topic} ends at ${end}, the trail at ${to}`, end - to);
      if (to > end) add('wrong', `partition ${partition} of ${topic} ends at ${end}, the trail at ${to}`);
      if (lost > 0) add('lost', `${lost} offsets of partition ${partition} of ${topic} are said to be lost`, lost);
    }
  }
  const registers = await loadRegisters(defaultRegistersDir());
  const law = loadTransferLaw();
  let [amendments, duties] = [0, 0];
  for (const [task, ofTask] of [...records].sort(([a], [b]) => a - b)) {
    const said = await finalFindings(mongodb, task, checked.began);
    for (const fault of said.faults) add(AGAIN.test(fault) ? 'duplicated' : 'wrong', fault);
    amendments += said.amendments;
    duties += said.duties;
    const expected = expectedFindings(() => ofTask, { registers, law, pinned: said.registers });
    hold(said.standing, expected, 'judging with all facts gives', add);
    const other = await finalFindings(reference, task, checked.began);
    for (const fault of other.faults) add('wrong', `without faults: ${fault}`);
    hold(said.standing, other.standing, 'without faults it is', add);
    for (const line of missing(other.standingDuties, said.standingDuties))
      add('lost', `a duty of task ${task}: ${line}`);
    for (const line of missing(said.standingDuties, other.standingDuties)) {
      add('wrong', `a duty of task ${task} that is none without faults: ${line}`);
    }
  }
  const inconsistent = await observer.inconsistent(new MongoLogReader(mongodb));
  faults.push(...inconsistent.slice(0, TOLD));
  const trust = { keys: keys.verifierKeys.map(parseVerifier), witnesses: [] };
  const held = observer.served.find(({ size }) => size > 0)?.note ?? null;
  const report = await verifyTrail(mongodb.db, { trust, held, faultLimit: TOLD });
  faults.push(...report.faults.map(({ where, message }) => `hjemmel verify: ${where}: ${message}`));
  return {
    records: [...records.values()].reduce((sum, list) => sum + list.length, 0),
    entries: account.entries,
    amendments,
    duties,
    blocks: account.blocks,
    ...count,
    checkpoints: observer.served.length,
    inconsistent: inconsistent.length,
    proved: report.proved,
    faults,
  };
}

/** What a trail says in the end of one task's records, and of duties that fell due before the drill began. */
async function finalFindings({ db }: MongoConnection, task: number, began: number): Promise<FinalFindings> {
  const findings = new FinalFindings();
  for await (const block of new MongoTrailReader({ db }).blocks({ task })) {
    for (const placed of entriesOf(block)) if (!isOfToday(placed, began)) findings.add(placed);
  }
  return findings;
}

function isOfToday({ entry }: PlacedEntry, began: number): boolean {
  const ofDuty = entry.kind === 'duty' || (entry.kind === 'amendment' && entry.source === null);
  return ofDuty && (entry.occurredAt ?? 0) >= began - DAY_MS;
}

/** Holds findings against what they ought to be. */
function hold(
  said: Findings,
  ought: Findings,
  by: string,
  add: (kind: 'lost' | 'wrong', sentence: string) => void,
): void {
  for (const [place, text] of ought) {
    const is = said.get(place);
    if (is === undefined) add('lost', `${place} has no finding; ${by} ${text}`);
    else if (is !== text) add('wrong', `${place} is ${is}; ${by} ${text}`);
  }
  for (const place of said.keys()) if (!ought.has(place)) add('wrong', `${place} has a finding, and no record`);
}

/** Those of the first list that the second one lacks, as often as it lacks them. */
export function missing(wanted: readonly string[], from: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of from) left.set(line, (left.get(line) ?? 0) + 1);
  return wanted.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
