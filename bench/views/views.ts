import { loadRegisterSet, defaultRegistersDir } from '#libs/register';
import { MongoLogReader, MongoRegisterArchive } from '#libs/trail';
import { prepareViews, rebuild } from '#libs/views';
import { step } from '../../apps/local/src/stack/progress.js';
import type { CommonOptions } from '../benchmark.js';
import type { FilledTrail } from '../log/fill.js';
import { withSignedLog } from '../log/signed-log.js';
import { quietConnection } from '../mongo.js';
import { answerTimes, type AnswerTimes } from '../read/answer-times.js';
import { LogApi } from '../read/log-api.js';
import { keepFigures, printHeading, printTable } from '../report.js';
import { significant } from '../statistics.js';
import { requireProc } from '../stream/usage.js';
import { ApiClient } from './api-client.js';
import { FindingBlocks } from './finding-blocks.js';
import { startIssuer } from './issuer.js';
import { paintTimes, type PaintTimes } from './page.js';
import { apiQuestions, type ApiQuestion, type Known } from './questions.js';

export interface ViewsBenchOptions extends CommonOptions {
  readonly entries: number;
  readonly blockEntries: number;
  readonly tasks: number;
  /** Different findings among them. */
  readonly kinds: number;
  /** How often each kind of question is asked. */
  readonly times: number;
  /** How often the page is opened. */
  readonly pages: number;
  readonly seed: number;
}

interface Asked extends AnswerTimes {
  readonly name: string;
}

interface Result {
  readonly filled: FilledTrail;
  readonly findings: number;
  /** s that making the read models took. */
  readonly rebuilt: number;
  readonly asked: readonly Asked[];
  readonly overview: PaintTimes;
  /** Of the api, in the end. */
  readonly peakMiB: number;
}

/**
 * How fast the read models are made, and how long the API takes to answer from them; one client, one question after the
 * other.
 *
 * @throws BenchError where an answer is none
 */
export async function benchViews(options: ViewsBenchOptions, signal: AbortSignal): Promise<void> {
  requireProc();
  printHeading('Reading findings: the api and MongoDB on one machine');
  const result = await run(options, signal);
  print(result);
  keepFigures(options.out, 'views', { options, ...result });
}

async function run(options: ViewsBenchOptions, signal: AbortSignal): Promise<Result> {
  const { registers, sources } = await loadRegisterSet(defaultRegistersDir());
  const now = Date.now();
  const all = sources
    .map(({ register }) => registers.inForce(register.controller, now))
    .filter((one) => one !== undefined);
  const made = new FindingBlocks(all, options.entries, now, options);
  return withSignedLog({ ...options, made }, signal, async ({ uri, filled, onProgress }) => {
    const connection = quietConnection(uri);
    const issuer = await startIssuer();
    try {
      await new MongoRegisterArchive(connection).keep(sources);
      await prepareViews(connection);
      const started = performance.now();
      const reader = new MongoLogReader(connection, { cacheBytes: 0 });
      await step(onProgress, 'Making the read models', () => rebuild(connection, reader, undefined, signal));
      const rebuilt = (performance.now() - started) / 1_000;
      const api = await LogApi.start(uri, signal, issuer.settings);
      try {
        const client = new ApiClient(`${new URL(api.url).origin}/api/v1/`, issuer.token);
        const { total } = (await client.get('findings?limit=1')) as { total: number };
        const known = await whatIsKnown(client);
        const asked: Asked[] = [];
        for (const question of apiQuestions(known, now, options.seed)) {
          asked.push(
            await step(onProgress, question.name, () => api.whileRunning(ask(client, question, options.times))),
          );
        }
        const { origin } = new URL(api.url);
        const overview = await step(onProgress, 'Opening the overview in a browser', () =>
          api.whileRunning(paintTimes(`${origin}/`, issuer.token, options.pages)),
        );
        return { filled, findings: total, rebuilt, asked, overview, peakMiB: api.peakMiB };
      } finally {
        await api.stop();
      }
    } finally {
      issuer.stop();
      await connection.close();
    }
  });
}

async function ask(client: ApiClient, { name, next }: ApiQuestion, times: number): Promise<Asked> {
  // The first ones are those of a cold program.
  for (let i = 0; i < Math.min(10, times); i++) await client.text(next());
  const delays: number[] = [];
  const started = performance.now();
  for (let i = 0; i < times; i++) {
    const question = next();
    const asked = performance.now();
    await client.text(question);
    delays.push(performance.now() - asked);
  }
  return { name, ...answerTimes(delays, (performance.now() - started) / 1_000) };
}

interface Page {
  readonly items: readonly { readonly id: string }[];
  readonly nextCursor: string | null;
}

async function whatIsKnown(client: ApiClient): Promise<Known> {
  const values = async (field: string): Promise<string[]> => {
    const { rows } = (await client.get(`statistics?by=${field}`)) as { rows: Record<string, string | null>[] };
    return rows.map((row) => row[field] ?? '').filter((value) => value !== '');
  };
  const findings: string[] = [];
  const cursors: string[] = [];
  for (let path = 'findings?limit=500'; cursors.length < 20;) {
    const { items, nextCursor } = (await client.get(path)) as Page;
    findings.push(...items.map(({ id }) => id));
    if (nextCursor === null) break;
    cursors.push(nextCursor);
    path = `findings?limit=500&cursor=${nextCursor}`;
  }
  const { items: problems } = (await client.get('problems?limit=500')) as Page;
  return {
    controllers: await values('controller'),
    services: await values('service'),
    purposes: await values('purpose'),
    rules: await values('rule'),
    problems: problems.map(({ id }) => id),
    findings,
    cursors,
  };
}

function print({ filled, findings, rebuilt, asked, overview, peakMiB }: Result): void {
  const { entries, blocks, entryBytes } = filled;
  console.log(
    `${significant(findings)} findings in a log of ${significant(entries)} entries of ${Math.round(entryBytes)} bytes in ` +
      `${significant(blocks)} blocks. Read models made in ${significant(rebuilt)} s ` +
      `(${significant(entries / rebuilt)} entries/s); the api had ${Math.round(peakMiB)} MiB at most\n`,
  );
  printTable(
    ['question', 'p50 ms', 'p99 ms', 'longest'],
    asked.map(({ name, p50, p99, longest }) => [name, ...[p50, p99, longest].map(significant)]),
  );
  const { firstPaint, whole, bytes } = overview;
  console.log(
    `\nThe overview in Chromium, opened ${whole.count} times by browsers that never saw it (${significant(bytes / 1_000)} kB):`,
  );
  printTable(
    ['ms from opening it', 'p50', 'p99', 'longest'],
    Object.entries({ 'first paint': firstPaint, 'figures and charts painted': whole }).map(
      ([name, { p50, p99, longest }]) => [name, ...[p50, p99, longest].map(significant)],
    ),
  );
}
