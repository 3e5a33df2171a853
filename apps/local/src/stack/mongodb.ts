import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MongoClient, MongoServerError, type Document } from 'mongodb';
import { prepareDatabase } from '#libs/trail';
import { MONGODB_VERSION } from './downloads.js';
import { ADMIN, adminUri, DATABASE, REPLICA_SET, type MongoAccess } from './mongo-access.js';
import { ServerProcess, type ServerOptions } from './server-process.js';
import { StackError } from './stack-error.js';

export interface MongodOptions extends Pick<ServerOptions, 'onUnexpectedExit' | 'signal'> {
  /** The mongod to run. */
  readonly binary: string;
  /** Holds data and logs; made if absent. */
  readonly folder: string;
  readonly port: number;
  /** Ports of all members of the replica set, the same list for each; default: this one is the only member. */
  readonly members?: readonly number[] | undefined;
  readonly access: MongoAccess;
  /** Bound of WiredTiger's cache, GB; default 1. */
  readonly cacheGb?: number | undefined;
  /** Added to mongod's arguments. */
  readonly args?: readonly string[] | undefined;
}

const GRACE_MS = 15_000;
/** MongoDB's error codes. */
const UNAUTHORIZED = 13;
const AUTHENTICATION_FAILED = 18;
const ALREADY_INITIALIZED = 23;

/**
 * One mongod as a member of a replica set, its only one where no others are named (transactions and change streams need
 * a set), on the loopback interface, with authentication. The members of a set of several are to be started together.
 */
export function prepareMongod(options: MongodOptions): ServerProcess {
  const { binary, folder, port, access, cacheGb = 1, args = [], onUnexpectedExit, signal } = options;
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  return new ServerProcess({
    name: `MongoDB ${MONGODB_VERSION}`,
    command: binary,
    args: [
      ...['--dbpath', data, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'],
      ...['--replSet', REPLICA_SET, '--oplogSize', '1024', '--wiredTigerCacheSizeGB', String(cacheGb), '--quiet'],
      ...['--logpath', join(folder, 'mongod.log'), '--setParameter', 'diagnosticDataCollectionEnabled=false'],
      ...['--auth', '--keyFile', access.keyFile],
      ...args,
    ],
    logFile: join(folder, 'console.log'),
    pidFile: join(folder, 'pid.json'),
    graceMs: GRACE_MS,
    probe: () => probe(options),
    onUnexpectedExit,
    signal,
  });
}

/**
 * Collections, roles and users of the product, as `hjemmel database prepare` makes them.
 *
 * @param ports of the replica set's members
 */
export async function prepareProduct(ports: readonly number[], access: MongoAccess): Promise<void> {
  await using client = new MongoClient(adminUri(ports, access));
  await prepareDatabase(client.db(DATABASE), (actor) => access.passwords[actor]);
}

/**
 * Resolves when the member is primary, or a secondary that knows one, and the administrator can log in there; makes the
 * set, or gives it the members' new ports, and makes the administrator, on the way there. What nobody is there for to log
 * in as, MongoDB lets do from the same machine as long as it has no user at all ("Localhost Exception"), also on data of
 * the time before.
 */
async function probe(options: MongodOptions): Promise<void> {
  const hello = await command(options, null, { hello: 1 });
  if (hello['isWritablePrimary'] === true) return requireAdmin(options);
  if (hello['secondary'] === true && typeof hello['primary'] === 'string') {
    return requireAdmin({ ...options, port: portOf(hello['primary']) });
  }
  // The first member does it for all.
  const [first] = membersOf(options);
  if (hello['setName'] === undefined && options.port === first) await configure(options);
  throw new Error('no primary yet');
}

function membersOf({ port, members = [port] }: MongodOptions): readonly number[] {
  return members;
}

/** The port of the member that is the set's primary, as any member that is up knows it; null: nobody knows one. */
export async function primaryPort(ports: readonly number[], access: MongoAccess): Promise<number | null> {
  await using client = new MongoClient(adminUri(ports, access), { serverSelectionTimeoutMS: 3_000 });
  try {
    const { primary } = await client.db('admin').command({ hello: 1 });
    return typeof primary === 'string' ? portOf(primary) : null;
  } catch {
    return null;
  }
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1));
}

async function configure(options: MongodOptions): Promise<void> {
  const members = membersOf(options).map((port, _id) => ({ _id, host: `127.0.0.1:${port}` }));
  const config = { _id: REPLICA_SET, members };
  const move = { replSetReconfig: { ...config, version: 1, protocolVersion: 1 }, force: true };
  const fault = await codeOf(command(options, null, { replSetInitiate: config }));
  if (fault === ALREADY_INITIALIZED) await command(options, null, move);
  if (fault !== UNAUTHORIZED) return;
  const refused = await codeOf(command(options, options.access.adminPassword, move));
  if (refused !== null) throw otherPasswords(options);
}

async function requireAdmin(options: MongodOptions): Promise<void> {
  const { adminPassword } = options.access;
  const refused = (): Promise<number | null> => codeOf(command(options, adminPassword, { ping: 1 }));
  if ((await refused()) === null) return;
  const create = { createUser: ADMIN, pwd: adminPassword, roles: ['root'], writeConcern: { w: 'majority', j: true } };
  // Refused too where another member's probe was quicker; then the login works.
  await codeOf(command(options, null, create));
  if ((await refused()) !== null) throw otherPasswords(options);
}

function otherPasswords({ folder }: MongodOptions): StackError {
  return new StackError(
    `The MongoDB in ${folder} has other passwords than those in ${join(folder, 'secrets')}: ` +
      'put those back, or delete the kept data to begin anew.',
  );
}

/** A command to the member itself, primary or not; without a password as nobody. */
async function command(
  { port }: Pick<MongodOptions, 'port'>,
  password: string | null,
  document: Document,
): Promise<Document> {
  await using client = new MongoClient(`mongodb://127.0.0.1:${port}/`, {
    directConnection: true,
    serverSelectionTimeoutMS: 1_000,
    connectTimeoutMS: 1_000,
    ...(password === null ? {} : { auth: { username: ADMIN, password }, authSource: 'admin' }),
  });
  return await client.db('admin').command(document);
}

/** The server's code for a refusal that is an answer; null where there is none. */
async function codeOf(answer: Promise<Document>): Promise<number | null> {
  try {
    await answer;
    return null;
  } catch (error) {
    const answers: unknown[] = [UNAUTHORIZED, AUTHENTICATION_FAILED, ALREADY_INITIALIZED];
    if (!(error instanceof MongoServerError) || !answers.includes(error.code)) throw error;
    return error.code as number;
  }
}
