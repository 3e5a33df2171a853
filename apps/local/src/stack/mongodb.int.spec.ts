import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { mongodBinary } from './downloads.js';
import { actorUris, adminUri, mongoAccess } from './mongo-access.js';
import { prepareMongod, prepareProduct } from './mongodb.js';
import { rememberedPorts } from './ports.js';
import type { ServerProcess } from './server-process.js';

jest.setTimeout(120_000);

/** What a MongoDB of the local stack finds when it starts on data of an earlier day. */
const top = mkdtempSync(join(tmpdir(), 'hjemmel-mongod-'));
let folder: string;
let round = 0;
let server: ServerProcess | null = null;
beforeEach(() => {
  folder = join(top, String(round++));
});
afterEach(() => server?.stop());
afterAll(() => rmSync(top, { recursive: true }));

/** A free port; another one at each call. */
async function freePort(): Promise<number> {
  const { port } = await rememberedPorts(join(top, `port-${Math.random()}.json`), ['port']);
  return port;
}

/** Starts it on the folder's data; gives the administrator's connection string. */
async function start(): Promise<string> {
  const port = await freePort();
  const access = mongoAccess(folder);
  const binary = await mongodBinary({ onProgress: () => undefined });
  server = prepareMongod({ binary, folder, port, access });
  await server.start();
  await prepareProduct([port], access);
  await using api = new MongoClient(actorUris([port], access).api);
  expect(await api.db().collection('blocks').countDocuments()).toBe(0);
  return adminUri([port], access);
}

async function insert(uri: string, id: string): Promise<void> {
  await using client = new MongoClient(uri);
  const things = client.db('test').collection<{ _id: string }>('things');
  await things.insertOne({ _id: id }, { writeConcern: { w: 'majority', journal: true } });
}

async function ids(uri: string): Promise<unknown[]> {
  await using client = new MongoClient(uri);
  return (await client.db('test').collection('things').find().toArray()).map(({ _id }) => _id);
}

test('data under another port is served on', async () => {
  await insert(await start(), 'kept');
  await server?.stop();
  expect(await ids(await start())).toEqual(['kept']);
});

test('data of a MongoDB without authentication is kept, and gets its users', async () => {
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const port = await freePort();
  const args = ['--dbpath', data, '--port', String(port), '--nounixsocket', '--replSet', 'hjemmel', '--quiet'];
  const binary = await mongodBinary({ onProgress: () => undefined });
  const mongod = spawn(binary, args, { stdio: 'ignore' });
  await using direct = new MongoClient(`mongodb://127.0.0.1:${port}/?directConnection=true`);
  const members = [{ _id: 0, host: `127.0.0.1:${port}` }];
  await direct.db('admin').command({ replSetInitiate: { _id: 'hjemmel', members } });
  await insert(`mongodb://127.0.0.1:${port}/?replicaSet=hjemmel`, 'from before');
  await direct.close();
  mongod.kill();
  await once(mongod, 'exit');

  expect(await ids(await start())).toEqual(['from before']);
});

test('data whose passwords are gone is refused at once, and says what to do', async () => {
  await start();
  await server?.stop();
  writeFileSync(join(folder, 'secrets', 'admin'), 'another');
  await expect(start()).rejects.toThrow(
    `The MongoDB in ${folder} has other passwords than those in ${join(folder, 'secrets')}: put those back, or ` +
      'delete the kept data to begin anew.',
  );
  expect(server?.pid).toBeNull();
});
