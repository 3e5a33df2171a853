import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { parseIsoTime } from '#libs/events';
import { openDuties, standingDuties } from '#libs/judge';
import type { DutyFinding, OpenDuty } from '#libs/judge';
import { defaultRegistersDir, loadRegisters, readRegisterText } from '#libs/register';
import type { Register, Registers } from '#libs/register';
import { parseSubjectKey, Roll } from '#libs/subjects';
import type { EntryPlace, Subject } from '#libs/subjects';
import { ACTS_TASK, appendActs, MongoRegisterArchive, MongoTrailReader } from '#libs/trail';
import type { ActRecord } from '#libs/trail';
import { userPath } from '../paths.js';
import { progressBar } from '../progress-bar.js';
import { setting } from '../settings.js';
import { UsageError } from '../usage-error.js';
import { newAct, refuseId, toGrounds } from '../vault/act.js';
import type { Grounds } from '../vault/act.js';
import { asInvestigator } from '../vault/investigator.js';
import type { Investigator } from '../vault/investigator.js';
import { toPosition } from '../vault/positions.js';
import { inOrder, isFinding, periodAfter, tableOf, toPrinted } from './listing.js';
import type { ListedDuty } from './listing.js';

export interface DutiesOptions {
  readonly at?: string;
  readonly upcoming: string;
  readonly controller?: string;
  readonly registers?: string;
  readonly json?: true;
  /** Why persons are named. */
  readonly reveal?: string;
  readonly actor?: string;
}

/** What is asked. */
interface Question {
  readonly at: number;
  /** To when what falls due is listed, ms. */
  readonly until: number;
  readonly controller: string | null;
  readonly registers: Registers;
  readonly resolve: (id: string) => Register | undefined;
}

/** A duty and who it is about. */
interface Found {
  readonly task: number;
  readonly pseudonym: string;
  readonly subject: Subject;
  readonly place: EntryPlace | null;
  readonly duty: DutyFinding | OpenDuty;
}

/** Digits of the blind id that a person is shown by. */
const PSEUDONYM = 12;
/** Persons in one block of the trail. */
const ACTS_AT_ONCE = 1_000;

/**
 * Prints which duties are overdue at a time and which fall due after it.
 *
 * @returns whether nothing is overdue
 */
export async function duties(options: DutiesOptions): Promise<boolean> {
  const at = options.at === undefined ? Date.now() : parseIsoTime(options.at);
  if (at === null) {
    throw new UsageError(`--at \`${options.at}\` is no UTC time; write it as 2025-01-01T00:00:00Z`);
  }
  const until = periodAfter(at, options.upcoming);
  if (options.actor !== undefined && options.reveal === undefined) {
    throw new UsageError('--actor goes with --reveal: without it nobody is named, and nothing is recorded.');
  }
  const { reveal, actor } = options;
  const grounds =
    reveal === undefined ? null : toGrounds({ reason: reveal, ...(actor === undefined ? {} : { actor }) });
  const dir = options.registers ?? setting('HJEMMEL_REGISTERS');
  const registers = await loadRegisters(dir === undefined ? defaultRegistersDir() : userPath(dir));
  return asInvestigator(async (investigator) => {
    const resolve = await archived(investigator, registers);
    const question = { at, until, controller: options.controller ?? null, registers, resolve };
    const found = await look(investigator, question);
    if (grounds !== null) await record(investigator, found, grounds);
    const listed = inOrder(found.map((each) => toListed(each, grounds !== null)));
    const lines =
      options.json === true ? listed.map((duty) => JSON.stringify(toPrinted(duty))) : tableOf(listed, at, until);
    await print(lines);
    return !found.some(({ duty }) => isFinding(duty) && duty.fulfilledAt === null);
  });
}

/** Goes through everybody in the vault. */
async function look({ mongodb, keys }: Investigator, question: Question): Promise<Found[]> {
  const { at, until, controller, registers, resolve } = question;
  const tasks = (await new MongoTrailReader(mongodb).tasks()).filter((task) => task >= 0);
  const line = progressBar('Looking through the subjects', 'subjects');
  const found: Found[] = [];
  let exceeded = 0;
  let crowded = 0;
  for await (const { task, blindId, subject } of new Roll(mongodb, keys).subjects(tasks, line.update)) {
    const { controller: of } = parseSubjectKey(subject.key);
    if (controller !== null && of !== controller) continue;
    const { facts, uses, duties: recorded } = subject;
    if (facts.exceededFrom <= at) exceeded++;
    if (uses.full) crowded++;
    const whose = { task, pseudonym: blindId.slice(0, PSEUDONYM), subject };
    for (const { record, finding } of standingDuties({
      registers,
      controller: of,
      facts,
      uses,
      recorded,
      at,
      resolve,
    })) {
      const place = record === null ? null : { task, block: record.block, index: record.index };
      found.push({ ...whose, place, duty: finding });
    }
    const register = registers.inForce(of, at);
    for (const duty of register === undefined ? [] : openDuties({ register, facts, uses, at })) {
      if (duty.dueAt <= until) found.push({ ...whose, place: null, duty });
    }
  }
  line.end();
  if (exceeded > 0) {
    process.stderr.write(`Of ${exceeded} subjects more is on record than is kept: their duties are not known.\n`);
  }
  if (crowded > 0) {
    process.stderr.write(
      `The data of ${crowded} subjects is used for more purposes than is kept track of: some of their duties may be missing.\n`,
    );
  }
  return found;
}

/** The register of an id: of those at hand, else of the archive in the trail. */
async function archived(
  { mongodb }: Investigator,
  registers: Registers,
): Promise<(id: string) => Register | undefined> {
  const known = new Map([...registers].map((register) => [register.id, register]));
  const archive = new MongoRegisterArchive(mongodb);
  for (const { id, controller, version } of await archive.list()) {
    const text = known.has(id) ? null : await archive.find(id);
    if (text === null) continue;
    const { register } = readRegisterText(text, `version ${version} of ${controller} in the archive`);
    if (register !== null) known.set(id, register);
  }
  return (id) => known.get(id);
}

/** Notes in the trail that these persons are named, before they are. */
async function record({ trail }: Investigator, found: readonly Found[], grounds: Grounds): Promise<void> {
  const persons = new Map(found.map((each) => [each.subject, each]));
  const acts: ActRecord[] = [...persons.values()].map(({ subject, place }) => {
    const { controller, subject: id } = parseSubjectKey(subject.key);
    refuseId(grounds, id);
    const act = newAct(grounds, place);
    return { kind: 'reveal', act, tag: Buffer.from(subject.tag(act.id), 'latin1'), controller };
  });
  const { signal } = new AbortController();
  for (let i = 0; i < acts.length; i += ACTS_AT_ONCE) {
    await appendActs(trail, acts.slice(i, i + ACTS_AT_ONCE), { task: ACTS_TASK, writer: randomUUID(), signal });
  }
}

function toListed({ pseudonym, subject: { key }, place, duty }: Found, named: boolean): ListedDuty {
  const { controller, subject } = parseSubjectKey(key);
  const position = place === null ? null : toPosition(place);
  return { controller, subject: named ? subject : pseudonym, position, duty };
}

async function print(lines: readonly string[]): Promise<void> {
  for (const line of lines) if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
}
