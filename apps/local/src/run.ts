import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseVerifier } from '#libs/log';
import { createPublisher } from '#libs/publisher';
import type { Registers } from '#libs/register';
import { MongoConnection, MongoLogReader, MongoTrailReader, verifyTrail } from '#libs/trail';
import { localKeys, type Keys } from './keys.js';
import { LogWatch } from './log-watch.js';
import { between, endOffsets } from './offsets.js';
import type { Options } from './options.js';
import { publishTraffic } from './publish.js';
import { localAccess, type LocalAccess } from './openid/local-access.js';
import { portsFile, startServices, type Services, type ServiceSpec } from './services.js';
import { localSettings, portOf, serviceSpecs, type Servers } from './service-specs.js';
import { writeSettings } from './settings-file.js';
import { liveView } from './show/live-view.js';
import { summary } from './show/summary.js';
import { whereToLook } from './show/where-to-look.js';
import { rememberedPorts } from './stack/ports.js';
import { step, type OnProgress } from './stack/progress.js';
import { TOPICS } from './stack/topics.js';
import { TrailWatch } from './trail-watch.js';

const POLL_MS = 500;
/** Faults of the trail that are told one by one. */
const FAULT_LIMIT = 10;
/** An outage shows in the services' own state. */
const QUIET = { info: () => undefined, warn: () => undefined };

/**
 * Runs the services, publishes sample traffic and shows what comes of it, until the signal, or with `once` until all
 * of it is in the trail.
 *
 * @param dir where keys, and logs and process ids of the services, lie
 * @returns the exit code
 */
export async function run(
  servers: Servers,
  options: Options,
  registers: Registers,
  dir: string,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<number> {
  const keys = localKeys(join(dir, 'keys'), process.env);
  const { specs, access } = await programs(servers, keys, options, dir);
  const settingsFile = join(dir, 'settings.env');
  const mongo = new MongoConnection(servers.mongoUris.api, 'hjemmel-local', QUIET);
  const publisher = createPublisher({
    brokers: servers.kafkaBrokers.split(','),
    clientId: 'hjemmel-sample-traffic',
    log: (line) => process.stderr.write(`${line}\n`),
  });
  let services: Services | null = null;
  try {
    services = await step(onProgress, `Starting ${count(options.auditors, 'auditor')}, the notary and the api`, () =>
      startServices(join(dir, 'apps'), specs),
    );
    const log = new LogWatch(`${services.urls['api']}/log`, keys.verifierKeys, new MongoLogReader(mongo));
    writeSettings(settingsFile, localSettings(servers, keys, log.url, access.commands));
    const from = await endOffsets(servers.kafkaBrokers, TOPICS);
    const watch = new TrailWatch(new MongoTrailReader(mongo), from);
    await watch.begin();
    const publishing = publishTraffic(publisher, options, signal);
    const places = whereToLook({ servers, services, access, logUrl: log.url, dir });
    const view = liveView(process.stdout, watch, log, registers, places);

    let finished = false;
    const published = publishing.done.then(() => (finished = true));
    while (!signal.aborted) {
      await watch.poll();
      await log.poll();
      const ends = finished ? await endOffsets(servers.kafkaBrokers, TOPICS) : null;
      const trouble = await services.trouble();
      view.show({ published: publishing.published, toPublish: options.events, trouble });
      const judged = options.once && ends !== null && watch.hasReached(ends);
      if (judged && watch.lastBlocks().every(await log.coverage())) break;
      await Promise.race([sleep(POLL_MS, undefined, { signal }).catch(() => undefined), finished ? never : published]);
    }
    view.close();
    if (!options.once) return 0;
    if (signal.aborted) return 130;

    const to = await endOffsets(servers.kafkaBrokers, TOPICS);
    const trust = { keys: keys.verifierKeys.map(parseVerifier), witnesses: [] };
    const proof = await step(onProgress, 'Proving the whole trail', () =>
      verifyTrail(mongo.db, { trust, held: null, faultLimit: FAULT_LIMIT }),
    );
    const result = {
      published: publishing.published,
      records: between(from, to),
      coverage: watch.coverage(to),
      counts: watch.since,
      later: watch.later,
      proof,
    };
    const { text, good } = summary(result);
    process.stdout.write(`${text}\n`);
    return good ? 0 : 1;
  } finally {
    rmSync(settingsFile, { force: true });
    await publisher.close();
    await services?.stop();
    await mongo.close();
  }
}

const never = new Promise<never>(() => undefined);

/** What is run, and how people and programs are known to it. */
async function programs(
  servers: Servers,
  keys: Keys,
  options: Options,
  dir: string,
): Promise<{ specs: ServiceSpec[]; access: LocalAccess }> {
  const { env } = process;
  const apps = join(dir, 'apps');
  mkdirSync(apps, { recursive: true });
  // Each has to know where the other is before it starts.
  const free = await rememberedPorts(portsFile(apps), ['api', 'openid-provider']);
  const ports = { api: portOf(env) ?? free.api, provider: free['openid-provider'] };
  const access = localAccess(join(dir, 'keys'), env, ports);
  const specs = serviceSpecs(servers, keys, options, { ...env, PORT: String(ports.api) }, access.api);
  return { specs: access.provider === null ? specs : [...specs, access.provider], access };
}

function count(n: number, what: string): string {
  return n === 1 ? `the ${what}` : `${n} ${what}s`;
}
