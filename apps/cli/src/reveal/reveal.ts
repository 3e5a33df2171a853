import { randomUUID } from 'node:crypto';
import type { EntryPlace, Whom } from '#libs/subjects';
import { parseSubjectKey, subjectKey } from '#libs/subjects';
import { ACTS_TASK, appendActs, MongoLogReader } from '#libs/trail';
import type { ActRecord } from '#libs/trail';
import { progressBar } from '../progress-bar.js';
import { UsageError } from '../usage-error.js';
import { newAct, refuseId, toGrounds } from '../vault/act.js';
import type { Grounds } from '../vault/act.js';
import { asInvestigator } from '../vault/investigator.js';
import type { Investigator } from '../vault/investigator.js';
import { placeOf, toPosition } from '../vault/positions.js';

export interface RevealOptions {
  readonly reason: string;
  readonly actor?: string;
  readonly controller?: string;
  readonly subject?: string;
}

/**
 * Looks up whom entries are about, or the entries about a person, and prints it once the trail says that it was done.
 *
 * @returns false where somebody was erased or is not known
 */
export async function reveal(positions: readonly string[], options: RevealOptions): Promise<boolean> {
  const { controller, subject } = options;
  const grounds = toGrounds(options);
  if ((controller === undefined) !== (subject === undefined)) {
    throw new UsageError('--controller and --subject belong together.');
  }
  if (positions.length > 0 === (subject !== undefined)) {
    throw new UsageError('Give positions, or --controller and --subject of a person: the one or the other.');
  }
  return asInvestigator((investigator) =>
    controller !== undefined && subject !== undefined
      ? revealEntries(investigator, controller, subject, grounds)
      : revealPeople(investigator, positions, grounds),
  );
}

async function revealPeople(
  investigator: Investigator,
  positions: readonly string[],
  grounds: Grounds,
): Promise<boolean> {
  const { mongodb, people } = investigator;
  const found: { place: EntryPlace; whom: Whom }[] = [];
  for (const position of new Set(positions)) {
    const place = await placeOf(mongodb, position);
    found.push({ place, whom: await people.whom(place) });
  }
  const acts: ActRecord[] = [];
  for (const { place, whom } of found) {
    const act = newAct(grounds, place);
    const person = whom.kind === 'person' ? parseSubjectKey(whom.key) : null;
    if (person !== null) refuseId(grounds, person.subject);
    const tag = whom.kind === 'person' ? await people.tagIn(place.task, whom.key, act.id) : null;
    acts.push({ kind: 'reveal', act, tag, controller: person?.controller ?? null });
  }
  await record(investigator, acts);
  for (const { place, whom } of found) {
    const position = toPosition(place);
    if (whom.kind === 'person') print({ position, ...parseSubjectKey(whom.key) });
    else process.stderr.write(`${position}: ${WITHOUT[whom.kind]}\n`);
  }
  return found.every(({ whom }) => whom.kind === 'person');
}

const WITHOUT = {
  erased: 'that person was erased',
  nobody: 'this entry names nobody: it is of a record that could not be read, or of an act',
  unrecorded: 'it was not recorded whom the entries of this block are about',
} as const;

async function revealEntries(
  investigator: Investigator,
  controller: string,
  subject: string,
  grounds: Grounds,
): Promise<boolean> {
  refuseId(grounds, subject);
  const { mongodb, people } = investigator;
  const key = subjectKey(controller, subject);
  const line = progressBar('Looking through the blocks', 'blocks');
  const places: EntryPlace[] = [];
  for await (const place of people.positionsOf(key, line.update)) places.push(place);
  line.end();
  const act = newAct(grounds, null);
  const [first] = places;
  const tag = first === undefined ? null : await people.tagIn(first.task, key, act.id);
  await record(investigator, [{ kind: 'reveal', act, tag, controller }]);
  const log = new MongoLogReader(mongodb);
  let block = { task: NaN, block: NaN, start: null as number | null };
  for (const place of places) {
    if (block.task !== place.task || block.block !== place.block) {
      block = { ...place, start: await log.logIndexOf(place.task, place.block, 0) };
    }
    print({ position: toPosition(place), logIndex: block.start === null ? null : block.start + place.index });
  }
  if (places.length === 0) process.stderr.write('No entry is known to be about this person.\n');
  return places.length > 0;
}

async function record({ trail }: Investigator, acts: readonly ActRecord[]): Promise<void> {
  await appendActs(trail, acts, { task: ACTS_TASK, writer: randomUUID(), signal: new AbortController().signal });
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
