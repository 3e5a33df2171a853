import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient, MongoServerError, type Db } from 'mongodb';
import { MONGODB_VERSION } from './downloads.js';
import { ServerProcess, type ServerOptions } from './server-process.js';

export interface MongodOptions extends Pick<ServerOptions, 'onUnexpectedExit' | 'signal'> {
  /** The mongod to run. */
  readonly binary: string;
  /** Holds data and logs; made if absent. */
  readonly folder: string;
  readonly port: number;
  /** Added to mongod's arguments. */
  readonly args?: readonly string[] | undefined;
}

export const REPLICA_SET = 'hjemmel';

const GRACE_MS = 15_000;
/** MongoDB's error code for a replica set without a configuration. */
const NOT_YET_INITIALIZED = 94;

/** One mongod as a replica set of one member (transactions and change streams need a set), on the loopback interface. */
export function prepareMongod({
  binary,
  folder,
  port,
  args = [],
  onUnexpectedExit,
  signal,
}: MongodOptions): ServerProcess {
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  return new ServerProcess({
    name: `MongoDB ${MONGODB_VERSION}`,
    command: binary,
    args: [
      ...['--dbpath', data, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'],
      ...['--replSet', REPLICA_SET, '--oplogSize', '1024', '--wiredTigerCacheSizeGB', '1', '--quiet'],
      ...['--logpath', join(folder, 'mongod.log'), '--setParameter', 'diagnosticDataCollectionEnabled=false'],
      ...args,
    ],
    logFile: join(folder, 'console.log'),
    pidFile: join(folder, 'pid.json'),
    graceMs: GRACE_MS,
    probe: () => probe(port),
    onUnexpectedExit,
    signal,
  });
}

/** The address for applications. */
export function mongoUri(port: number): string {
  return `mongodb://127.0.0.1:${port}/?replicaSet=${REPLICA_SET}`;
}

/** Resolves when the member is primary; makes the set, or gives it the member's new port, on the way there. */
async function probe(port: number): Promise<void> {
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, {
    directConnection: true,
    serverSelectionTimeoutMS: 1_000,
    connectTimeoutMS: 1_000,
  });
  try {
    const admin = client.db('admin');
    const hello = await admin.command({ hello: 1 });
    if (hello['isWritablePrimary'] === true) return;
    await configure(admin, `127.0.0.1:${port}`);
    throw new Error('no primary yet');
  } finally {
    await client.close();
  }
}

async function configure(admin: Db, host: string): Promise<void> {
  const config = await currentConfig(admin);
  if (config === null) {
    await admin.command({ replSetInitiate: { _id: REPLICA_SET, members: [{ _id: 0, host }] } });
    return;
  }
  const member = config.members[0];
  if (member === undefined || member.host === host) return;
  const moved = { ...config, version: config.version + 1, members: [{ ...member, host }] };
  await admin.command({ replSetReconfig: moved, force: true });
}

interface ReplicaSetConfig {
  readonly version: number;
  readonly members: readonly { readonly host: string }[];
}

async function currentConfig(admin: Db): Promise<ReplicaSetConfig | null> {
  try {
    const { config } = await admin.command({ replSetGetConfig: 1 });
    return config as ReplicaSetConfig;
  } catch (error) {
    if (error instanceof MongoServerError && error.code === NOT_YET_INITIALIZED) return null;
    throw error;
  }
}
