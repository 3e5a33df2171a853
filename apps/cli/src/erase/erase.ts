import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { SettingsError, SettingsReader } from '#libs/service';
import { eraseLetters, kafkaSettings, StreamFault } from '#libs/stream';
import type { ErasedLetters, KafkaSettings, Letter } from '#libs/stream';
import { subjectKey } from '#libs/subjects';
import type { Traces } from '#libs/subjects';
import { appendActs } from '#libs/trail';
import type { Block } from '#libs/trail';
import { progressBar } from '../progress-bar.js';
import { setting } from '../settings.js';
import { UsageError } from '../usage-error.js';
import { newAct, refuseId, toGrounds } from '../vault/act.js';
import type { Grounds } from '../vault/act.js';
import { holdsId } from '../vault/holds-id.js';
import { asInvestigator } from '../vault/investigator.js';
import type { Investigator } from '../vault/investigator.js';

export interface EraseOptions {
  readonly controller: string;
  readonly subject: string;
  readonly reason: string;
  readonly actor?: string;
  readonly yes?: boolean;
  readonly deadLetters: boolean;
}

/** Blocks announced at a time: between announcing and writing, running auditors may write some. */
const AHEAD = 8;

/**
 * Erases a person.
 *
 * @returns false where nothing is known of such a person, or the user said no
 */
export async function erase(options: EraseOptions): Promise<boolean> {
  const { controller, subject } = options;
  const grounds = toGrounds(options);
  refuseId(grounds, subject);
  const kafka = options.deadLetters ? kafkaOfSettings() : null;
  const key = subjectKey(controller, subject);
  return asInvestigator(async (investigator) => {
    const line = progressBar('Looking through the blocks', 'blocks');
    const traces = await investigator.people.traces(key, line.update);
    line.end();
    if (!(options.yes ?? false) && !(await confirmed(traces))) return false;
    for (const trace of traces) tell(trace, await eraseFromTask(investigator, trace, key, controller, grounds));
    const letters = kafka === null ? null : await eraseFromLetters(kafka, key, subject);
    if (letters !== null && letters.erased > 0)
      say(`Destroyed ${count(letters.erased, 'letter')} of the dead-letter topic.`);
    if (kafka === null) say('The dead-letter topic was left alone; it may still hold the person.');
    if (traces.length > 0 || (letters?.erased ?? 0) > 0) return true;
    process.stderr.write('Nothing is known of such a person (any more).\n');
    return false;
  });
}

/** Takes the task over for one block, which says that the person is erased, and then destroys what came before it. */
async function eraseFromTask(
  { people, trail }: Investigator,
  { task, tag }: Traces,
  key: string,
  controller: string,
  grounds: Grounds,
): Promise<Block> {
  const writer = randomUUID();
  const announced = new Set<number>();
  const act = newAct(grounds, null);
  const record = { kind: 'erased' as const, act, tag: tag?.(act.id) ?? null, controller };
  const block = await appendActs(trail, [record], {
    task,
    writer,
    signal: new AbortController().signal,
    async before(n) {
      if (announced.has(n)) return;
      const ahead = Array.from({ length: AHEAD }, (_, i) => n + i);
      await people.announce(task, ahead, writer, key);
      for (const one of ahead) announced.add(one);
    },
  });
  if (block === null) throw new Error('the block was given up without a signal');
  announced.delete(block.n);
  await people.withdraw(task, [...announced], writer);
  const line = progressBar('Destroying', 'blocks');
  await people.destroy(task, block.n, writer, key, line.update);
  line.end();
  return block;
}

async function eraseFromLetters(kafka: KafkaSettings, key: string, subject: string): Promise<ErasedLetters> {
  const topic = setting('HJEMMEL_TOPIC_DEAD_LETTER') ?? 'hjemmel.dead-letter';
  const parts = ({ key: own, value, headers }: Letter) => [own, value, ...Object.values(headers ?? {}).flat()];
  const names = (letter: Letter): boolean =>
    letter.key?.toString() === key ||
    parts(letter).some((part) => part !== null && part !== undefined && holdsId(Buffer.from(part), subject));
  const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
  const reading = progressBar('Looking through the dead letters', 'letters');
  const writing = progressBar('Writing the others again', 'letters');
  try {
    return await eraseLetters(kafka, topic, names, quiet, ({ pass, ...done }) => {
      if (pass === 'reading') return reading.update(done);
      reading.end();
      writing.update(done);
    });
  } catch (fault) {
    if (fault instanceof StreamFault) throw new UsageError(fault.message);
    if ((fault as Error).name.startsWith('KafkaJS')) {
      throw new UsageError(
        `Kafka at ${kafka.brokers.join(', ')} does not answer; the dead letters are not erased: run this again.`,
      );
    }
    throw fault;
  } finally {
    reading.end();
    writing.end();
  }
}

/** @throws UsageError where they are wrong or missing */
function kafkaOfSettings(): KafkaSettings {
  const names = ['BROKERS', 'SSL', 'SASL_MECHANISM', 'SASL_USERNAME', 'SASL_PASSWORD'].map((name) => `KAFKA_${name}`);
  const from = new SettingsReader(Object.fromEntries(names.map((name) => [name, setting(name)])));
  try {
    return from.finish(kafkaSettings(from, 'hjemmel-erase'));
  } catch (fault) {
    if (fault instanceof SettingsError) throw new UsageError(`${fault.message} Or use --no-dead-letters.`);
    throw fault;
  }
}

async function confirmed(traces: readonly Traces[]): Promise<boolean> {
  if (!process.stdin.isTTY)
    throw new UsageError('There is no terminal to ask on: add --yes to erase without being asked.');
  const entries = traces.reduce((sum, trace) => sum + trace.entries, 0);
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await asking.question(
    `${count(entries, 'entry', 'entries')} of the trail are known to be about this person. Erase the person for good? (yes/no) `,
  );
  asking.close();
  return /^y(es)?$/i.test(answer.trim());
}

function tell({ task, known, journal, entries }: Traces, { n }: Block): void {
  const parts = [
    ...(known ? ['secret, id and facts'] : []),
    ...(journal > 0 ? [`the facts of ${count(journal, 'block')} in the journal`] : []),
    `whom ${count(entries, 'entry', 'entries')} ${entries === 1 ? 'is' : 'are'} about`,
  ];
  say(`Destroyed in task ${task}: ${parts.join('; ')}. Entry ${task}/${n}/0 of the trail says so.`);
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
