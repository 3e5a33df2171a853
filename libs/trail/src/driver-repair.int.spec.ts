import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { testServers } from '../../../test/support/servers.js';
import './driver-repair.js';
import { isPassing } from './mongo-watch.js';

jest.setTimeout(30_000);

/** More than the sockets between here and the server hold. */
const LARGE = Buffer.alloc(14_000_000);

/** Between the client and MongoDB: takes nothing any more from the connections there are, or ends them. */
let cable: Server;
let ends: [Socket, Socket][];
let client: MongoClient;

beforeEach(async () => {
  const { mongoUri, database } = testServers();
  const url = new URL(mongoUri);
  const { port, hostname } = url;
  ends = [];
  cable = createServer((near) => {
    const far = connect(Number(port), hostname);
    ends.push([near, far]);
    near.pipe(far).pipe(near);
    for (const end of [near, far]) end.on('error', () => [near, far].forEach((one) => one.destroy()));
  });
  await once(cable.listen(0, '127.0.0.1'), 'listening');
  url.port = String((cable.address() as AddressInfo).port);
  url.pathname = `/${database}`;
  const timeouts = { serverSelectionTimeoutMS: 2_000, connectTimeoutMS: 2_000, socketTimeoutMS: 1_000 };
  client = new MongoClient(url.href, { ...timeouts, directConnection: true, retryWrites: false });
  await client.db().collection('large').insertOne({});
});

afterEach(async () => {
  await client.close();
  for (const end of ends.flat()) end.destroy();
  cable.close();
  await once(cable, 'close');
});

const write = () =>
  client
    .db()
    .collection('large')
    .insertOne({ LARGE })
    .catch((fault: unknown) => fault);

test('a large write to a MongoDB that hangs ends with a fault that passes', async () => {
  for (const [near] of ends) near.unpipe().pause();
  expect(isPassing(await write())).toBe(true);
});

test('a large write over a connection that breaks meanwhile ends with a fault that passes', async () => {
  for (const [near] of ends) near.unpipe().pause();
  const written = write();
  setTimeout(() => ends.forEach(([near]) => near.resetAndDestroy()), 100);
  expect(isPassing(await written)).toBe(true);
});
