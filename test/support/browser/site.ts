import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Binary } from 'mongodb';
import type { StreamEvent } from '#libs/events';
import { defaultRegistersDir, loadRegisterSet, loadTransferLaw, packageFile, Registers } from '#libs/register';
import { MongoConnection, MongoLogReader, MongoRegisterArchive, MongoVerifications } from '#libs/trail';
import { prepareViews, Projector } from '#libs/views';
import { CONFIG } from '../../../apps/local/src/openid/config.js';
import { localAccess } from '../../../apps/local/src/openid/local-access.js';
import type { LocalAccess } from '../../../apps/local/src/openid/local-access.js';
import { rememberedPorts } from '../../../apps/local/src/stack/ports.js';
import { createTraffic } from '../../../apps/local/src/traffic/traffic.js';
import { TestLog } from '../log.js';
import { secondVersion } from '../second-version.js';
import type { TestServers } from '../servers.js';
import { startService } from '../service-process.js';
import type { ServiceProcess } from '../service-process.js';
import { JudgedEvents } from './judged-events.js';
import type { JudgedBlock } from './judged-events.js';
import { bareEnv } from '../bare-env.js';

const SEED = 7;
/** Of two years; some hundred of them have something wrong. */
const EVENTS = 8_000;
const BLOCK_EVENTS = 200;
const DAY = 86_400_000;
const POLL_MS = 20;

/** What falls due: in how many days, and how many cases. */
const DUTIES = [
  { controller: 'janus', duty: 'request-overdue', purpose: null, days: 1.4, count: 1 },
  { controller: 'jetpak', duty: 'request-overdue', purpose: null, days: 6.2, count: 3 },
  { controller: 'jetpak', duty: 'erasure-overdue', purpose: 'marketing', days: 9, count: 4 },
  { controller: 'jetkids', duty: 'retention-overdue', purpose: 'marketing', days: 17, count: 12 },
  { controller: 'jetcards', duty: 'request-overdue', purpose: null, days: 26.5, count: 2 },
] as const;

/**
 * The api with the built page, and the OpenID provider of `npm start`, each a process; on a database that holds a log of
 * made-up customers' events, judged by the real rules and registers.
 */
export class Site {
  private constructor(
    readonly url: string,
    private readonly connection: MongoConnection,
    private readonly log: TestLog,
    private readonly judged: JudgedEvents,
    private readonly access: LocalAccess,
    private readonly processes: { readonly api: ServiceProcess; readonly provider: ChildProcess },
    private readonly projector: Projector,
    private readonly folder: string,
  ) {}

  static async start({ mongoUri, database }: TestServers): Promise<Site> {
    const folder = mkdtempSync(join(tmpdir(), 'hjemmel-site-'));
    const uri = new URL(mongoUri);
    uri.pathname = `/${database}`;
    const quiet = { info: () => undefined, warn: () => undefined };
    const connection = new MongoConnection(uri.href, 'dashboard-test', quiet);
    await prepareViews(connection);
    const log = new TestLog(connection, 'hjemmel.example/dashboard');
    await log.prepare();
    const { sources } = await loadRegisterSet(defaultRegistersDir());
    const all = [...sources, secondVersion(sources)];
    await new MongoRegisterArchive(connection).keep(all);
    const ports = await rememberedPorts(join(folder, 'ports.json'), ['api', 'provider']);
    const access = localAccess(join(folder, 'keys'), {}, ports);
    const site = new Site(
      `http://127.0.0.1:${ports.api}`,
      connection,
      log,
      new JudgedEvents(new Registers(all.map(({ register }) => register)), loadTransferLaw()),
      access,
      {
        provider: startProvider(access),
        api: startService('api', {
          MONGODB_URI: uri.href,
          PORT: String(ports.api),
          HJEMMEL_RATE_LIMIT: '1000000',
          ...access.api,
        }),
      },
      new Projector(connection, new MongoLogReader(connection, { cacheBytes: 0 })),
      folder,
    );
    await site.fill(Date.now());
    await answers(`${site.url}/health/ready`);
    // The provider is met when somebody logs in.
    await answers(`${site.url}/auth/login`);
    return site;
  }

  /** Entries of the log. */
  get size(): number {
    return this.log.size;
  }

  passwordOf(login: string): string {
    return this.access.people?.people.find((person) => person.login === login)?.password ?? '';
  }

  /** Adds the finding on an event to the log and the read models. */
  async happens(event: StreamEvent): Promise<void> {
    await this.append([this.judged.judge([event], Date.now())]);
  }

  /** The api stands still, with its connections open, until `thaw`. */
  freeze(): void {
    this.processes.api.kill('SIGSTOP');
  }

  thaw(): void {
    this.processes.api.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const { api, provider } = this.processes;
    const ended = once(provider, 'close');
    provider.kill('SIGKILL');
    api.kill('SIGKILL');
    await Promise.all([ended, api.exited]);
    await this.connection.db.dropDatabase();
    await this.connection.close();
    rmSync(this.folder, { recursive: true });
  }

  private async fill(now: number): Promise<void> {
    const events = createTraffic({ seed: SEED, now }).take(EVENTS);
    const blocks: JudgedBlock[] = [];
    for (let from = 0; from < events.length; from += BLOCK_EVENTS) {
      const some = events.slice(from, from + BLOCK_EVENTS);
      blocks.push(this.judged.judge(some, some.at(-1)?.event.occurredAt ?? now));
    }
    await this.append([...blocks, this.judged.overdue(now)]);
    const { db } = this.connection;
    const rows = DUTIES.map(({ days, ...duty }) => ({ ...duty, dueAt: new Date(now + days * DAY) }));
    await db
      .collection<{ _id: number }>('openDuties')
      .insertOne({ _id: 0, through: blocks.length, asOf: new Date(now), rows } as never);
    await new MongoVerifications(this.connection).add({ at: now - DAY, size: this.size, ok: true, by: 'cli' });
  }

  private async append(blocks: readonly JudgedBlock[]): Promise<void> {
    const touched = new Map(
      blocks
        .flatMap((block) => block.touched)
        .map(({ problem, token }) => [`${problem} ${token.toString('hex')}`, { p: problem, t: new Binary(token) }]),
    );
    const writes = [...touched.values()].map((_id) => ({
      updateOne: { filter: { _id }, update: { $setOnInsert: { _id } }, upsert: true },
    }));
    if (writes.length > 0) await this.connection.db.collection<object>('problemPeople').bulkWrite(writes);
    await this.log.append(...blocks.map(({ plan }) => plan));
    while (!(await this.projector.step(this.log.size)));
  }
}

function startProvider({ provider }: LocalAccess): ChildProcess {
  if (provider === null) throw new Error('The local OpenID provider is not the one to be used.');
  const program = packageFile('dist', 'apps', 'local', 'src', 'openid', 'main.js');
  const env = { ...bareEnv(), PORT: String(provider.port), [CONFIG]: provider.env[CONFIG] };
  return spawn(process.execPath, [program], { env, stdio: 'ignore' });
}

/** Resolves once something answers well there. */
async function answers(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(url, { redirect: 'manual' }).catch(() => null);
    await response?.body?.cancel();
    if (response !== null && response.status < 400) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
