import { existsSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Actor } from '#libs/trail';
import { kafkaJars, mongodBinary } from './downloads.js';
import { clusterId, leaderOf, prepareKafka } from './kafka.js';
import { actorUris, adminUri, mongoAccess } from './mongo-access.js';
import { prepareMongod, prepareProduct, primaryPort } from './mongodb.js';
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
  /**
   * Nodes of Kafka; default 1. With three, every record has three copies and is acknowledged when two have it. With 0
   * there is a MongoDB alone.
   */
  readonly brokers?: number;
  /** Members of MongoDB's replica set; default 1. */
  readonly members?: number;
  /** Partitions of each topic; default: those that are there, else 8. */
  readonly partitions?: number;
  /** Topics to create; default: the four that are audited and the dead letters'. */
  readonly topics?: readonly string[];
  readonly onProgress?: OnProgress;
  /** Bound of the cache of each member, GB; default 1. */
  readonly mongoCacheGb?: number;
  /** Extra arguments of mongod, such as `['--setParameter', 'enableTestCommands=1']`. */
  readonly mongoArgs?: readonly string[];
  /** Kafka's broker properties besides, or in place of, the stack's. */
  readonly kafkaProperties?: Readonly<Record<string, string>>;
  /** Bound of the Java heap of each of Kafka's nodes; default 1g. */
  readonly kafkaHeap?: string;
  /** Has Java compile Kafka for long runs, which a benchmark needs; default false: it starts in half the time. */
  readonly kafkaOptimised?: boolean;
  /** A server ended by itself. */
  readonly onServerExit?: (message: string) => void;
  /** Gives the start up: what runs already is stopped, and the start rejects. */
  readonly signal?: AbortSignal;
}

export interface Stack {
  /** `host:port`, as KAFKA_BROKERS takes it; empty where there is no Kafka. */
  readonly kafkaBrokers: string;
  /** The administrator's, with the product's database; another one may take its place in the path. */
  readonly mongoUri: string;
  /** As MONGODB_URI takes it, for each of the product's users: with no more rights than its role has. */
  readonly mongoUris: Readonly<Record<Actor, string>>;
  /** The first of Kafka's nodes. Throws where there is none. */
  readonly kafka: LocalServer;
  /** The first member of MongoDB's replica set. */
  readonly mongodb: LocalServer;
  /** All of Kafka's nodes, each broker and controller. */
  readonly brokers: readonly StackNode[];
  /** All members of MongoDB's replica set. */
  readonly members: readonly StackNode[];
  readonly dir: string;
  /** The node that leads the partition; null where none does just now. Throws where Kafka is away. */
  leader(topic: string, partition: number): Promise<StackNode | null>;
  /** The member that is primary; null where none is just now. */
  primary(): Promise<StackNode | null>;
  /** Stops all servers; removes the data unless it is to be kept. */
  stop(): Promise<void>;
}

/** One of the servers of a stack. */
export interface StackNode {
  readonly server: LocalServer;
  /** Where it serves, on 127.0.0.1. */
  readonly port: number;
}

const LEFTOVER_GRACE_MS = 15_000;
/** Folders of stacks whose data nobody keeps. */
const passing = join(localFolder, 'stacks');

/**
 * Starts a Kafka and a MongoDB of this machine, each of one node or of several, as child processes and resolves when both serve and the topics exist.
 * What is missing is downloaded first; what a crashed start left behind is stopped first.
 *
 * @throws {StackError} with one line for the user
 */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const { onProgress = () => {}, signal, onServerExit } = options;
  await removeAbandoned();
  const dir = options.dir ?? passingFolder();
  const keepData = options.keepData ?? options.dir !== undefined;
  const names = {
    kafka: numbered('kafka', options.brokers ?? 1),
    controller: numbered('controller', options.brokers ?? 1),
    mongodb: numbered('mongodb', options.members ?? 1),
  };
  const folder = (name: string): string => join(dir, name);
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
    const withKafka = names.kafka.length > 0;
    const [jars, binary] = await all([withKafka ? kafkaJars(download) : '', mongodBinary(download)]);
    const ports = await rememberedPorts(join(dir, 'ports.json'), Object.values(names).flat());
    const portsOf = (list: readonly string[]): number[] => list.map((name) => ports[name] as number);
    const [kafkaPorts, controllers, members] = [
      portsOf(names.kafka),
      portsOf(names.controller),
      portsOf(names.mongodb),
    ];
    const kafkaBrokers = kafkaPorts.map((port) => `127.0.0.1:${port}`).join(',');
    const access = mongoAccess(folder('mongodb'));
    const common = { onUnexpectedExit: onServerExit, signal };

    const startKafka = async (): Promise<StackNode[]> => {
      const id = clusterId(names.kafka.map(folder));
      const prepared = await all(
        names.kafka.map((name, i) =>
          prepareKafka({
            jars,
            folder: folder(name),
            port: kafkaPorts[i] as number,
            controllerPort: controllers[i] as number,
            node: i + 1,
            controllers,
            clusterId: id,
            properties: options.kafkaProperties,
            heap: options.kafkaHeap,
            optimised: options.kafkaOptimised,
            ...common,
          }),
        ),
      );
      servers.push(...prepared);
      await all(prepared.map((node) => node.start()));
      await ensureTopics(kafkaBrokers, options.partitions, options.topics ?? [...TOPICS, DEAD_LETTER_TOPIC]);
      return prepared.map((server, i) => ({ server, port: kafkaPorts[i] as number }));
    };
    const startMongod = async (): Promise<StackNode[]> => {
      const { mongoArgs: args, mongoCacheGb: cacheGb } = options;
      const prepared = names.mongodb.map((name, i) => {
        const port = members[i] as number;
        return prepareMongod({ binary, folder: folder(name), port, members, access, cacheGb, args, ...common });
      });
      servers.push(...prepared);
      await all(prepared.map((member) => member.start()));
      await prepareProduct(members, access);
      return prepared.map((server, i) => ({ server, port: members[i] as number }));
    };
    const [kafkaNodes, mongoNodes] = await all([
      withKafka ? step(onProgress, `Starting Kafka on ${kafkaBrokers}`, startKafka) : [],
      step(onProgress, `Starting MongoDB on ${members.map((port) => `127.0.0.1:${port}`).join(',')}`, startMongod),
    ]);
    // Given up at the very end: nobody is there to stop it later.
    signal?.throwIfAborted();
    return {
      kafkaBrokers,
      mongoUri: adminUri(members, access),
      mongoUris: actorUris(members, access),
      get kafka() {
        if (kafkaNodes[0] === undefined) throw new Error('This stack has no Kafka.');
        return kafkaNodes[0].server;
      },
      mongodb: (mongoNodes[0] as StackNode).server,
      brokers: kafkaNodes,
      members: mongoNodes,
      dir,
      async leader(topic, partition) {
        const node = await leaderOf(kafkaBrokers, topic, partition);
        return node === null ? null : (kafkaNodes[node - 1] ?? null);
      },
      async primary() {
        const port = await primaryPort(members, access);
        return mongoNodes.find((node) => node.port === port) ?? null;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Names of so many servers of a kind: `kafka`, `kafka-2`, `kafka-3`. */
function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => (i === 0 ? name : `${name}-${i + 1}`));
}

/** Like Promise.all, but settles only when all have: nothing is left running behind a failure. */
async function all<T extends readonly unknown[] | []>(
  promises: T,
): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
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
  const servers = readdirSync(dir).filter((name) => /^(kafka|mongodb)(-\d+)?$/.test(name));
  await Promise.all(servers.map((name) => stopLeftover(join(dir, name, 'pid.json'), LEFTOVER_GRACE_MS)));
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
