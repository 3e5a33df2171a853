import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Actor } from '#libs/trail';
import { kafkaJars, mongodBinary } from './downloads.js';
import { prepareKafka } from './kafka.js';
import { actorUris, adminUri, mongoAccess } from './mongo-access.js';
import { prepareMongod, prepareProduct } from './mongodb.js';
import { localFolder } from './paths.js';
import { processIn, removePidFile, stopLeftover, writePidFile } from './pid-file.js';
import { rememberedPorts } from './ports.js';
import { step, type OnProgress } from './progress.js';
import { type LocalServer } from './server-process.js';
import { StackError } from './stack-error.js';
import { DEAD_LETTER_TOPIC, ensureTopics, TOPICS } from './topics.js';

export interface StackOptions {
  /** Where data, logs and process ids lie. Left out: a folder of its own, removed by `stop`. */
  readonly dir?: string;
  /** Whether `stop` keeps `dir`; default: true if `dir` is given. */
  readonly keepData?: boolean;
  /** Partitions of each topic; default: those that are there, else 8. */
  readonly partitions?: number;
  /** Topics to create; default: the four of the contract and the dead letters'. */
  readonly topics?: readonly string[];
  readonly onProgress?: OnProgress;
  /** Extra arguments of mongod, such as `['--setParameter', 'enableTestCommands=1']`. */
  readonly mongoArgs?: readonly string[];
  /** Kafka's broker properties besides, or in place of, the stack's. */
  readonly kafkaProperties?: Readonly<Record<string, string>>;
  /** Bound of Kafka's Java heap; default 1g. */
  readonly kafkaHeap?: string;
  /** A server ended by itself. */
  readonly onServerExit?: (message: string) => void;
  /** Gives the start up: what runs already is stopped, and the start rejects. */
  readonly signal?: AbortSignal;
}

export interface Stack {
  /** `host:port`, as KAFKA_BROKERS takes it. */
  readonly kafkaBrokers: string;
  /** The administrator's, with the product's database; another one may take its place in the path. */
  readonly mongoUri: string;
  /** As MONGODB_URI takes it, for each of the product's users: with no more rights than its role has. */
  readonly mongoUris: Readonly<Record<Actor, string>>;
  readonly kafka: LocalServer;
  readonly mongodb: LocalServer;
  readonly dir: string;
  /** Stops both servers; removes the data unless it is to be kept. */
  stop(): Promise<void>;
}

const LEFTOVER_GRACE_MS = 15_000;
/** Folders of stacks whose data nobody keeps. */
const passing = join(localFolder, 'stacks');

/**
 * Starts a Kafka and a MongoDB of this machine as child processes and resolves when both serve and the topics exist.
 * What is missing is downloaded first; what a crashed start left behind is stopped first.
 *
 * @throws {StackError} with one line for the user
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { onProgress = () => {}, signal, onServerExit } = options;
  await removeAbandoned();
  const dir = options.dir ?? passingFolder();
  const keepData = options.keepData ?? options.dir !== undefined;
  const folders = { kafka: join(dir, 'kafka'), mongodb: join(dir, 'mongodb') };
  claim(dir);
  const servers: LocalServer[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(servers.map((server) => server.stop()));
    if (!keepData) await rm(dir, { recursive: true, force: true });
    removePidFile(ownerFile(dir));
  };
  try {
    await stopLeftovers(dir);
    const download = { onProgress, signal };
    const [jars, binary] = await all([kafkaJars(download), mongodBinary(download)]);
    const ports = await rememberedPorts(join(dir, 'ports.json'), ['kafka', 'controller', 'mongodb']);
    const broker = `127.0.0.1:${ports.kafka}`;
    const access = mongoAccess(folders.mongodb);

    const startKafka = async (): Promise<LocalServer> => {
      const kafka = await prepareKafka({
        jars,
        folder: folders.kafka,
        port: ports.kafka,
        controllerPort: ports.controller,
        properties: options.kafkaProperties,
        heap: options.kafkaHeap,
        onUnexpectedExit: onServerExit,
        signal,
      });
      servers.push(kafka);
      await kafka.start();
      await ensureTopics(broker, options.partitions, options.topics ?? [...TOPICS, DEAD_LETTER_TOPIC]);
      return kafka;
    };
    const startMongod = async (): Promise<LocalServer> => {
      const args = options.mongoArgs;
      const common = { onUnexpectedExit: onServerExit, signal };
      const mongodb = prepareMongod({ binary, folder: folders.mongodb, port: ports.mongodb, access, args, ...common });
      servers.push(mongodb);
      await mongodb.start();
      await prepareProduct(ports.mongodb, access);
      return mongodb;
    };
    const [kafka, mongodb] = await all([
      step(onProgress, `Starting Kafka on ${broker}`, startKafka),
      step(onProgress, `Starting MongoDB on 127.0.0.1:${ports.mongodb}`, startMongod),
    ]);
    return {
      kafkaBrokers: broker,
      mongoUri: adminUri(ports.mongodb, access),
      mongoUris: actorUris(ports.mongodb, access),
      kafka,
      mongodb,
      dir,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Like Promise.all, but settles only when all have: nothing is left running behind a failure. */
async function all<A, B>([a, b]: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}

function ownerFile(dir: string): string {
  return join(dir, 'owner.json');
}

/** Makes this process the folder's only user. */
function claim(dir: string): void {
  mkdirSync(dir, { recursive: true });
  const owner = processIn(ownerFile(dir));
  if (owner !== null) {
    throw new StackError(
      `The local servers are in use already by process ${owner.pid} (data in ${relative(process.cwd(), dir) || '.'}): stop it first.`,
    );
  }
  writePidFile(ownerFile(dir), process.pid);
}

/** Stops servers that run on in this folder although the process that started them is gone. */
async function stopLeftovers(dir: string): Promise<void> {
  const servers = ['kafka', 'mongodb'].map((name) => join(dir, name, 'pid.json'));
  await Promise.all(servers.map((file) => stopLeftover(file, LEFTOVER_GRACE_MS)));
}

function passingFolder(): string {
  mkdirSync(passing, { recursive: true });
  return mkdtempSync(join(passing, 'stack-'));
}

/** Clears away passing stacks whose process was killed. */
async function removeAbandoned(): Promise<void> {
  if (!existsSync(passing)) return;
  for (const name of readdirSync(passing)) {
    const dir = join(passing, name);
    // Without an owner's note it is being made this instant.
    if (!existsSync(ownerFile(dir)) || processIn(ownerFile(dir)) !== null) continue;
    await stopLeftovers(dir);
    await rm(dir, { recursive: true, force: true });
  }
}
