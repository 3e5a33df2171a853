import { join } from 'node:path';
import { MongoConnection, verifyTrail } from '#libs/trail';
import type { VerifyReport } from '#libs/trail';
import { progressDisplay } from '../../apps/local/src/progress-display.js';
import { startStack } from '../../apps/local/src/stack/stack.js';
import { DrillError } from '../drill-error.js';
import type { Kind } from './kinds/kind.js';
import { KINDS } from './kinds/all.js';
import { makeLog } from './make-log.js';
import type { DrilledLog } from './make-log.js';
import { prepareOutside } from './outside.js';
import type { Outside } from './outside.js';
import { Pristine } from './pristine.js';
import { Table } from './table.js';
import type { Row } from './table.js';
import { Trail } from './trail.js';

export interface TamperOptions {
  readonly entries: number;
  readonly seed: number;
  /** Whether verifiers from outside are asked too, where Go is installed. */
  readonly outside: boolean;
  /** Connection string of a MongoDB's administrator; null: one of the drill's own is started. */
  readonly mongodbUri: string | null;
}

/** Faults that are looked at; the one that must be named is among them. */
const FAULT_LIMIT = 200;
const SILENT = { info: () => undefined, warn: () => undefined };

/**
 * Tampers with a log in every way there is, one at a time, and has it verified each time.
 *
 * @returns true where everything was found, and the log as it was made is accepted by all
 * @throws DrillError where the drill cannot be done
 */
export async function tamper(options: TamperOptions, signal: AbortSignal): Promise<boolean> {
  const database = `hjemmel-drill-${process.pid}`;
  const { onProgress, close } = progressDisplay(process.stderr);
  const stack =
    options.mongodbUri === null ? await startStack({ onProgress, brokers: 0, signal }).finally(close) : null;
  const uri = new URL(options.mongodbUri ?? (stack?.mongoUri as string));
  uri.pathname = `/${database}`;
  const mongodb = new MongoConnection(uri.href, 'hjemmel-drill', SILENT);
  try {
    await mongodb.db.dropDatabase();
    return await drill(mongodb, uri.href, stack?.dir ?? null, options, signal);
  } finally {
    await mongodb.db.dropDatabase();
    await mongodb.close();
    await stack?.stop();
  }
}

async function drill(
  mongodb: MongoConnection,
  uri: string,
  dir: string | null,
  options: TamperOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const { db } = mongodb;
  process.stdout.write(`Making a log of ${options.entries.toLocaleString('en')} entries (seed ${options.seed}) …\n`);
  const log = await makeLog(mongodb, options, (entries) => show(`${entries.toLocaleString('en')} entries`));
  show('');
  const outside = options.outside && dir !== null ? await prepareOutside(join(dir, 'outside'), uri, log) : null;
  if (options.outside && outside === null) process.stdout.write('Go is not installed: no verifiers from outside.\n');
  const pristine = await Pristine.of(db);
  const trail = await Trail.of(db);
  const table = new Table(outside !== null);
  table.begin();
  table.add(await control(mongodb, log, outside));
  for (const kind of KINDS) {
    if (signal.aborted) throw new DrillError('The drill was stopped.');
    show(kind.title);
    try {
      await kind.tamper(trail, log);
      table.add(await examine(mongodb, log, outside, kind));
    } finally {
      await pristine.restore(kind.changes);
    }
  }
  show('');
  table.add({ ...(await control(mongodb, log, null)), title: 'everything put back' });
  return table.end();
}

/** The log as it was made: nobody must find anything. */
async function control(mongodb: MongoConnection, log: DrilledLog, outside: Outside | null): Promise<Row> {
  const report = await verify(mongodb, log, true);
  const said = await outside?.verify(true);
  const lines = said === undefined ? [] : [said.checker, said.fsck];
  const refused = lines.find(({ ok }) => !ok);
  return {
    title: 'nothing changed',
    verify: report.proved ? 'proved' : `NOT PROVED: ${first(report)}`,
    outside: said === undefined ? null : refused === undefined ? 'accepted' : `REFUSED: ${refused.lastLine}`,
    good: report.proved && refused === undefined,
  };
}

async function examine(mongodb: MongoConnection, log: DrilledLog, outside: Outside | null, kind: Kind): Promise<Row> {
  const { title, shows, needsHeld = false, said } = kind;
  const report = await verify(mongodb, log, needsHeld);
  const named = report.faults.map(({ where, message }) => `${where}: ${message}`).find((line) => said.test(line));
  // What only a held checkpoint shows has to fit together without it, or the drill does not show what it says.
  const unheld = needsHeld ? await verify(mongodb, log, false) : null;
  const found = named !== undefined && unheld?.proved !== false;
  const missed = unheld?.proved === false ? `FOUND WITHOUT IT: ${first(unheld)}` : `NOT NAMED: ${first(report)}`;
  const answer = shows === 'no' || outside === null ? null : await outside.verify(shows === 'held');
  const refusals = answer === null ? [] : [answer.checker, answer.fsck].filter(({ ok }) => !ok);
  return {
    title,
    verify: found ? named : missed,
    outside: answer === null ? null : refusals.length === 0 ? 'NOT FOUND' : who(answer),
    good: found && (answer === null || refusals.length > 0),
  };
}

function verify({ db }: MongoConnection, { trust, held }: DrilledLog, withHeld: boolean): Promise<VerifyReport> {
  return verifyTrail(db, { trust, held: withHeld ? held : null, faultLimit: FAULT_LIMIT });
}

function first({ faults }: VerifyReport): string {
  const [fault] = faults;
  return fault === undefined ? 'nothing' : `${fault.where}: ${fault.message}`;
}

function who({ checker, fsck }: Awaited<ReturnType<Outside['verify']>>): string {
  const names = [...(checker.ok ? [] : ['checker']), ...(fsck.ok ? [] : ['fsck'])];
  return `refused by ${names.join(' and ')}`;
}

/** What is being done, where somebody watches. */
function show(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
