import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
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
  /** Added to, or put in the place of, the broker's properties. */
  readonly properties?: Readonly<Record<string, string>> | undefined;
  /** The Java heap's bound, as `-Xmx` takes it. */
  readonly heap?: string | undefined;
}

const GRACE_MS = 15_000;

/** One Kafka node that is broker and controller (KRaft), on the loopback interface. Its storage is formatted once. */
export async function prepareKafka(options: KafkaOptions): Promise<ServerProcess> {
  const { jars, folder, port, heap = '1g' } = options;
  const properties = join(folder, 'server.properties');
  mkdirSync(folder, { recursive: true });
  writeFileSync(properties, propertiesText(options));
  const java = [
    ...[`-Xms256m`, `-Xmx${heap}`, '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20', '-XX:-UsePerfData'],
    ...['-Djava.awt.headless=true', '-Djava.net.preferIPv4Stack=true'],
    `-Dlog4j2.configurationFile=${join(stackFiles, 'log4j2.properties')}`,
    `-Dhjemmel.log=${join(folder, 'kafka.log')}`,
    ...['-cp', join(jars, '*')],
  ];
  if (!existsSync(join(folder, 'data', 'meta.properties'))) {
    await runTool({
      command: 'java',
      args: [...java, 'kafka.tools.StorageTool', 'format', '-t', clusterId(), '-c', properties],
      missing: 'Java is missing, the local Kafka needs it: install Java 17 or newer.',
      failed: `Kafka could not prepare its storage in ${folder}: check the free space on the disk.`,
      signal: options.signal,
    });
  }
  return new ServerProcess({
    name: `Kafka ${KAFKA_VERSION}`,
    command: 'java',
    args: [...java, 'kafka.Kafka', properties],
    logFile: join(folder, 'console.log'),
    pidFile: join(folder, 'pid.json'),
    graceMs: GRACE_MS,
    probe: () => probe(port),
    onUnexpectedExit: options.onUnexpectedExit,
    signal: options.signal,
  });
}

/** Settings for one node on a developer's machine; what is not named stays as Kafka has it. */
function propertiesText({ folder, port, controllerPort, properties = {} }: KafkaOptions): string {
  const settings = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'log.dirs': join(folder, 'data'),
    // A topic that is misspelt must fail, not appear.
    'auto.create.topics.enable': 'false',
    // History is replayed in full, so nothing expires.
    'log.retention.ms': '-1',
    // One node cannot replicate, and a few partitions do for its own topics.
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    // A group's first member need not wait for others.
    'group.initial.rebalance.delay.ms': '0',
    'log.cleaner.dedupe.buffer.size': String(16 * 1024 * 1024),
    ...properties,
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** Kafka's form of a random id: the 16 bytes of a UUID in base64url, not beginning with a dash. */
function clusterId(): string {
  const id = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  return id.startsWith('-') ? clusterId() : id;
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

/** A client for the stack's own needs: silent, and without patience of its own. */
export function localKafka(broker: string): Kafka {
  return new Kafka({
    clientId: 'hjemmel-local',
    brokers: [broker],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    retry: { retries: 0 },
  });
}
