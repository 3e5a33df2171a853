import { createHmac, hash } from 'node:crypto';
import {
  COSIGNATURE,
  cosign,
  decodeBundle,
  formatSignerKey,
  keyName,
  parseNote,
  parseSigner,
  parseVerifier,
} from '#libs/log';
import type { Signer } from '#libs/log';
import { decodeEntry, recordKey, STREAMS } from '#libs/events';
import type { AuditEntry, Decoded, EntryAccount, EntryPosition, Stream, StreamEvent } from '#libs/events';
import { SubjectFacts } from '#libs/judge';
import type { Finding } from '#libs/judge';
import { defaultRegistersDir, loadRegisterSet, loadTransferLaw } from '#libs/register';
import type { RegisterSet } from '#libs/register';
import type { SourceRecord } from '#libs/stream';
import {
  ACTS_TASK,
  appendActs,
  makeBlock,
  MongoLogReader,
  MongoLogWriter,
  MongoRegisterArchive,
  MongoTrailWriter,
} from '#libs/trail';
import type { BlockRange, ChainEnd, MongoConnection, Trust } from '#libs/trail';
import { auditBatch, learnBatch, subjectKeys, type Learnt, type Rulebook } from '../../apps/auditor/src/audit-batch.js';
import { Draft } from '../../apps/auditor/src/draft.js';
import { amending } from '../../apps/auditor/src/entries.js';
import type { Tally } from '../../apps/auditor/src/tally.js';
import { otherVerdict } from './forge.js';
import { ORIGIN } from './origin.js';
import { createTraffic } from '../../apps/local/src/traffic/traffic.js';
import { Random } from '../../apps/local/src/traffic/random.js';
import { Notary } from '../../apps/notary/src/notary.js';

const WITNESS = 'witness.example/drill';
const TASKS = 4;
/** The end of the sample traffic. */
const NOW = Date.UTC(2026, 0, 1);
const BLOCK_ENTRIES = [40, 400] as const;
const BLOCKS_PER_ROUND = 3;
/** So many findings of a block are judged otherwise later, on late evidence. */
const AMENDED = 2;
/** Every so many blocks of a task an auditor begins anew, and says which registers it loaded. */
const SESSION_BLOCKS = 12;
/** Records that Kafka deleted before they were read, before the first of a topic. */
const LOST = 17;

/** The log that is tampered with, and who may sign for it. */
export interface DrilledLog {
  /** Both keys that the log had; the first is the one of today. */
  readonly signers: readonly [Signer, Signer];
  readonly witness: Signer;
  readonly trust: Trust;
  /** A checkpoint of about the middle, kept outside. */
  readonly held: string;
  /** Its size. */
  readonly heldSize: number;
  readonly entries: number;
  readonly blocks: number;
  /** Entries of the two blocks at the end that are not in the log yet. */
  readonly waiting: number;
}

/**
 * Makes a log of sample events, judged and put into blocks as the auditor does and ordered by the notary, with all that
 * a log has in the course of time: a key that was replaced, cosignatures, acts of people, unreadable and lost records,
 * offsets without records, amendments and duties, registers that were loaded, and at its end blocks that are not in the
 * log yet.
 */
export async function makeLog(
  mongodb: MongoConnection,
  { entries: wanted, seed }: { entries: number; seed: number },
  onProgress: (entries: number) => void,
): Promise<DrilledLog> {
  const random = new Random(seed, 0);
  const keyOf = (name: string) => hash('sha256', `${name} ${seed}`, 'buffer');
  const earlier = parseSigner(formatSignerKey(ORIGIN, keyOf('earlier')));
  const today = parseSigner(formatSignerKey(ORIGIN, keyOf('today')));
  const witness = parseSigner(formatSignerKey(WITNESS, keyOf('witness'), COSIGNATURE));
  const keys = [today, earlier].map(({ verifierKey }) => parseVerifier(verifierKey));
  const store = new MongoLogWriter(mongodb);
  const reader = new MongoLogReader(mongodb, { cacheBytes: 0 });
  const notaryOf = (signers: readonly Signer[]) =>
    new Notary({ log: store, tilesAt: (size) => reader.hashReader(size) }, { origin: ORIGIN, signers, trusted: keys });
  const chain = new Chains(mongodb, await loadRegisterSet(defaultRegistersDir()), random);
  await chain.prepare();
  await store.prepare();
  await store.insertKey(earlier.verifierKey);

  let notary = notaryOf([earlier]);
  let held: { note: string; size: number } | null = null;
  let rotated = false;
  const events = createTraffic({ seed, now: NOW }).take(wanted);
  for (let at = 0, block = 1; at < events.length; block++) {
    const count = random.int(...BLOCK_ENTRIES);
    await chain.append(events.slice(at, at + count));
    at += count;
    if (block % 7 === 0) await chain.act(at);
    const last = at >= events.length;
    if (block % BLOCKS_PER_ROUND !== 0 || last) continue;
    if (!rotated && at > wanted * 0.7) {
      await store.insertKey(today.verifierKey);
      notary = notaryOf([today]);
      rotated = true;
    }
    await sequence(notary, store, witness, NOW + at);
    const newest = await store.lastCheckpoint();
    if (held === null && newest !== null && newest.size >= wanted / 2) held = newest;
    onProgress(at);
  }
  if (!rotated) await store.insertKey(today.verifierKey);
  if (!rotated) await sequence((notary = notaryOf([today])), store, witness, NOW);
  await sequence(notary, store, witness, NOW);
  // Not in the log yet: two blocks of one task, one behind the other.
  const last = createTraffic({ seed: seed + 1, now: NOW }).take(40);
  const waiting = (await chain.append(last.slice(0, 20), 0)) + (await chain.append(last.slice(20), 0));
  held ??= (await store.lastCheckpoint()) as { note: string; size: number };
  return {
    signers: [today, earlier],
    witness,
    trust: { keys, witnesses: [parseVerifier(witness.verifierKey)] },
    held: held.note,
    heldSize: held.size,
    entries: (await store.head()).signed,
    blocks: chain.count,
    waiting,
  };
}

/** The notary puts into the log what is there; a witness cosigns. */
async function sequence(notary: Notary, store: MongoLogWriter, witness: Signer, now: number): Promise<void> {
  for (let more = true; more;) more = (await notary.round()).more;
  const newest = await store.lastCheckpoint();
  if (newest === null || newest.size === 0) return;
  const line = cosign(parseNote(newest.note).text, witness, Math.floor(now / 1_000));
  await store.insertCosignature({ size: newest.size, witness: keyName(witness.name, witness.keyId), line });
}

/** Audits events into the chains of blocks, without Kafka: it gives the offsets itself. */
class Chains {
  count = 0;
  private readonly trail: MongoTrailWriter;
  private readonly ends = new Map<number, ChainEnd>();
  private readonly subjects = new KnownSubjects();
  private readonly archive: MongoRegisterArchive;
  private readonly rulebook: Rulebook;
  /** Findings that late evidence will change, by task, and where they stand. */
  private readonly late = new Map<number, { readonly entry: AuditEntry; readonly at: EntryPosition }[]>();

  constructor(
    mongodb: MongoConnection,
    private readonly set: RegisterSet,
    private readonly random: Random,
  ) {
    this.trail = new MongoTrailWriter(mongodb);
    this.archive = new MongoRegisterArchive(mongodb);
    this.rulebook = { registers: set.registers, law: loadTransferLaw() };
  }

  async prepare(): Promise<void> {
    await this.trail.prepare();
    await this.archive.prepare();
    await this.archive.keep(this.set.sources);
  }

  /** One block of these events; of a random task where none is given. Gives the number of its entries. */
  async append(events: readonly StreamEvent[], task = this.random.int(0, TASKS - 1)): Promise<number> {
    const end = this.ends.get(task) ?? null;
    const next: Record<string, number> = { ...Object.fromEntries(STREAMS.map((topic) => [topic, 0])), ...end?.next };
    const ranges: BlockRange[] = [];
    if (end === null) {
      ranges.push({ topic: 'orders', partition: task, from: 0, to: LOST, lost: true });
      next['orders'] = LOST;
    }
    const begin = { ...next };
    const records: SourceRecord[] = [];
    const decoded: Decoded[] = [];
    for (const event of events) {
      const topic: Stream = event.stream;
      // Markers of transactions take offsets as well.
      if (this.random.chance(0.01)) next[topic] = (next[topic] as number) + 1;
      const offset = next[topic] as number;
      next[topic] = offset + 1;
      const key = Buffer.from(recordKey(event.event));
      const timestamp = event.event.occurredAt;
      records.push({ topic, partition: task, offset, timestamp, key, value: Buffer.alloc(8, offset), headers: {} });
      decoded.push(this.random.chance(0.005) ? { ok: false, fault: 'the record has no value' } : { ok: true, event });
    }
    for (const topic of STREAMS) {
      const [from, to] = [begin[topic] as number, next[topic] as number];
      if (to > from) ranges.push({ topic, partition: task, from, to, lost: false });
    }
    const n = (end?.n ?? -1) + 1;
    const account: EntryAccount = {
      task,
      block: n,
      previous: end?.digest ?? null,
      ranges,
      registers: n % SESSION_BLOCKS === 0 ? this.stated : null,
    };
    const recordedAt = NOW + this.count;
    const draft = new Draft<DrilledSubject>(task, n, recordedAt, Infinity);
    const known = subjectKeys(decoded).map((key) => (key === null ? undefined : this.subjects.get(key)));
    learnBatch(decoded, known, this.subjects);
    const { tally } = auditBatch(draft, records, decoded, known, this.subjects, this.rulebook);
    this.lateEvidence(draft, tally);
    const entries = draft.seal(account);
    this.expectLate(task, n, decodeBundle(entries.bytes, entries.count).slice(0, records.length));
    const summary = tally.summary();
    const block = makeBlock({ task, ranges, next, entries, writer: 'drill', recordedAt, summary }, end);
    await this.trail.append(block, new AbortController().signal);
    this.ends.set(task, block);
    this.count++;
    return entries.count;
  }

  private get stated(): EntryAccount['registers'] {
    return this.set.sources.map(({ register: { id, controller, version, inForceFrom } }) => ({
      ...{ controller, version, inForceFrom },
      sha256: Buffer.from(id, 'hex'),
    }));
  }

  /** Amends findings of earlier blocks of the task, and says of the last of them that a duty was not fulfilled. */
  private lateEvidence(draft: Draft<DrilledSubject>, tally: Tally): void {
    const late = this.late.get(draft.task)?.splice(0, AMENDED) ?? [];
    for (const { entry, at } of late) {
      const amended = { ...otherVerdict(entry), recordedAt: draft.recordedAt };
      draft.add(amending(amended, at), null);
      tally.add(amended.controller, findingOf(amended));
    }
    const [first] = late;
    if (first === undefined) return;
    const reasons = [{ rule: 'request-overdue', effect: 'violation', clause: null, message: 'made up' }] as const;
    const none = { source: null, stream: null, service: null, legalBasis: null };
    const duty = { ...first.entry, ...none, kind: 'duty', verdict: 'violation', reasons } as const;
    draft.add({ ...duty, recordedAt: draft.recordedAt }, null);
    tally.add(duty.controller, findingOf({ ...duty, recordedAt: draft.recordedAt }));
  }

  /** Some findings of a block will be amended, one by the block behind it, others much later. */
  private expectLate(task: number, block: number, entries: readonly Buffer[]): void {
    const findings = entries.map((bytes, index) => ({
      entry: { ...decodeEntry(bytes), account: null },
      at: { task, block, index },
    }));
    const judged = findings.filter(({ entry }) => entry.kind === 'finding' && entry.register !== null);
    const late = this.late.get(task) ?? [];
    late.push(...judged.slice(-AMENDED));
    this.late.set(task, block % 3 === 0 ? late.reverse() : late);
  }

  /** Somebody looks up whom an entry is about. */
  async act(number: number): Promise<void> {
    const act = { id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`, actor: 'drill', reason: 'drill' };
    const record = { kind: 'reveal', act: { ...act, position: null }, tag: null, controller: null } as const;
    await appendActs(this.trail, [record], { task: ACTS_TASK, writer: 'drill', signal: new AbortController().signal });
    this.count++;
  }
}

interface DrilledSubject {
  readonly key: string;
  readonly facts: SubjectFacts;
  tag(eventId: string): Buffer;
}

class KnownSubjects {
  private readonly known = new Map<string, DrilledSubject>();

  get(key: string): DrilledSubject {
    let subject = this.known.get(key);
    if (subject === undefined) {
      const tag = (eventId: string) => createHmac('sha256', key).update(eventId).digest();
      this.known.set(key, (subject = { key, facts: new SubjectFacts(), tag }));
    }
    return subject;
  }

  learn(subject: DrilledSubject, { fact }: Learnt): void {
    if (fact !== null) subject.facts.add(fact);
  }

  /** No event is made twice. */
  recognise(): boolean {
    return false;
  }
}

function findingOf({ verdict, reasons, assumptions, register }: AuditEntry): Finding {
  return { verdict, reasons, assumptions, register: register?.toString('hex') ?? null } as Finding;
}
