import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { KAFKA_VERSION } from './downloads.js';
import { stackFiles } from './paths.js';
import { ServerProcess, type ServerOptions } from './server-process.js';
import { runTool } from './tool.js';

export interface KafkaOptions extends Pick<ServerOptions, 'onUnexpectedExit' | 'signal'> {
  /** The folder of Kafka's jars. */
  readonly jars: string;
  /** Holds configuration, data and logs; made if absent. */
  readonly folder: string;
  readonly port: number;
  readonly controllerPort: number;
  /** This node's number in the cluster, from 1; default: it is the only one. */
  readonly node?: number | undefined;
  /** The controllers' ports of all nodes, in their order; default: it is the only one. */
  readonly controllers?: readonly number[] | undefined;
  /** The same for all nodes of a cluster. */
  readonly clusterId: string;
  /** Added to, or put in the place of, the broker's properties. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** The Java heap's bound, as `-Xmx` takes it. */
  readonly heap?: string | undefined;
  /** Has Java's second compiler at work too, whose work pays in runs of minutes. */
  readonly optimised?: boolean | undefined;
  /** A file to which Java writes an archive of the classes that were loaded, when the node stops. */
  readonly archiveTo?: string | undefined;
}

/** Where an archive of these jars' classes is, if one was made. Java leaves it aside where it is not of this Java. */
export function classArchive(jars: string): string {
  return `${jars}.jsa`;
}

const GRACE_MS = 15_000;
/** An archive that was cut short would be taken for a whole one. */
const ARCHIVING_MS = 300_000;

/**
 * One Kafka node that is broker and controller (KRaft), on the loopback interface. Its storage is formatted once. The nodes
 * of a cluster of several are to be started together.
 */
export async function prepareKafka(options: KafkaOptions): Promise<ServerProcess> {
  const { jars, folder, port, heap = '1g', optimised = false, archiveTo } = options;
  const properties = join(folder, 'server.properties');
  mkdirSync(folder, { recursive: true });
  writeFileSync(properties, propertiesText(options));
  const java = [
    ...[`-Xms256m`, `-Xmx${heap}`, '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20', '-XX:-UsePerfData'],
    ...(optimised ? [] : ['-XX:TieredStopAtLevel=1']),
    ...['-Djava.awt.headless=true', '-Djava.net.preferIPv4Stack=true'],
    `-Dlog4j2.configurationFile=${join(stackFiles, 'log4j2.properties')}`,
    `-Dhjemmel.log=${join(folder, 'kafka.log')}`,
    ...(existsSync(classArchive(jars)) ? [`-XX:SharedArchiveFile=${classArchive(jars)}`] : []),
    ...['-cp', join(jars, '*')],
  ];
  if (!existsSync(join(folder, 'data', 'meta.properties'))) {
    await runTool({
      command: 'java',
      args: [...java, 'kafka.tools.StorageTool', 'format', '-t', options.clusterId, '-c', properties],
      missing: 'Java is missing, the local Kafka needs it: install Java 17 or newer.',
      failed: `Kafka could not prepare its storage in ${folder}: check the free space on the disk.`,
      signal: options.signal,
    });
  }
  return new ServerProcess({
    name: `Kafka ${KAFKA_VERSION}`,
    command: 'java',
    args: [
      ...(archiveTo === undefined ? [] : [`-XX:ArchiveClassesAtExit=${archiveTo}`]),
      ...java,
      'kafka.Kafka',
      properties,
    ],
    logFile: join(folder, 'console.log'),
    pidFile: join(folder, 'pid.json'),
    graceMs: archiveTo === undefined ? GRACE_MS : ARCHIVING_MS,
    probe: () => probe(port),
    onUnexpectedExit: options.onUnexpectedExit,
    signal: options.signal,
  });
}

/** Copies of a partition, and how many must have a record before it is acknowledged. */
export function replication(nodes: number): { copies: number; inSync: number } {
  return { copies: Math.min(nodes, 3), inSync: nodes < 3 ? 1 : 2 };
}

/** Settings for a node on a developer's machine; what is not named stays as Kafka has it. */
function propertiesText(options: KafkaOptions): string {
  const { folder, port, node = 1, controllerPort, controllers = [controllerPort], properties = {} } = options;
  const { copies, inSync } = replication(controllers.length);
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': String(node),
    'controller.quorum.voters': controllers.map((each, i) => `${i + 1}@127.0.0.1:${each}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'log.dirs': join(folder, 'data'),
    // A topic that is misspelt must fail, not appear.
    'auto.create.topics.enable': 'false',
    // History is replayed in full, so nothing expires.
    'log.retention.ms': '-1',
    'min.insync.replicas': String(inSync),
    // A few partitions do for its own topics.
    'offsets.topic.replication.factor': String(copies),
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': String(copies),
    'transaction.state.log.min.isr': String(inSync),
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': String(copies),
    'share.coordinator.state.topic.min.isr': String(inSync),
    // On a busy machine a node takes its time to register with its controller; by default it gives up after one minute.
    'initial.broker.registration.timeout.ms': '300000',
    // A node that was killed is not let in again before its session is over; by default that takes nine seconds.
    'broker.session.timeout.ms': '4000',
    'broker.heartbeat.interval.ms': '1000',
    // A group's first member need not wait for others.
    'group.initial.rebalance.delay.ms': '0',
    'log.cleaner.dedupe.buffer.size': String(16 * 1024 * 1024),
    ...properties,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/**
 * The id of the cluster whose nodes have these folders: the one that a node was formatted with, else a new one, in Kafka's
 * form of a random id: the 16 bytes of a UUID in base64url, not beginning with a dash.
 */
export function clusterId(folders: readonly string[]): string {
  for (const folder of folders) {
    const file = join(folder, 'data', 'meta.properties');
    const [, id] = existsSync(file) ? (/^cluster\.id=(.+)$/m.exec(readFileSync(file, 'utf8')) ?? []) : [];
    if (id !== undefined) return id;
  }
  const id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  return id.startsWith('-') ? clusterId([]) : id;
}

/** Number of the node that leads the partition, from 1; null where none does just now. Throws where Kafka is away. */
export async function leaderOf(brokers: string, topic: string, partition: number): Promise<number | null> {
  const admin = localKafka(brokers).admin();
  try {
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const leader = topics[0]?.partitions.find(({ partitionId }) => partitionId === partition)?.leader ?? -1;
    return leader < 1 ? null : leader;
  } finally {
    await admin.disconnect();
  }
}

async function probe(port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
  const admin = localKafka(`127.0.0.1:${port}`).admin();
  try {
    await admin.connect();
    const { controller } = await admin.describeCluster();
    if (controller === null || controller < 0) throw new Error('no controller yet');
  } finally {
    await admin.disconnect();
  }
}

/**
 * A client for the stack's own needs: silent, and with no more patience than to ask each of the brokers.
 *
 * @param brokers as KAFKA_BROKERS takes them
 */
export function localKafka(brokers: string): Kafka {
  const list = brokers.split(',');
  return new Kafka({
    clientId: 'hjemmel-local',
    brokers: list,
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    // A busy machine takes its time to create topics.
    requestTimeout: 60_000,
    retry: { retries: list.length - 1, initialRetryTime: 100 },
  });
}
