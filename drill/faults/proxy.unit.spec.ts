import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { TcpProxy } from './proxy.js';

/** A server that answers each line with itself, and keeps what it was asked. */
let server: Server;
let asked: string;
let served: Socket[];
let proxy: TcpProxy;
let open: Socket[];

beforeEach(async () => {
  [asked, served, open] = ['', [], []];
  server = createServer({ allowHalfOpen: true }, (socket) => {
    served.push(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      asked += chunk.toString();
      socket.write(`re ${chunk.toString()}`);
    });
    socket.on('end', () => socket.end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await TcpProxy.listen((server.address() as AddressInfo).port);
});
afterEach(async () => {
  for (const socket of [...open, ...served]) socket.destroy();
  await proxy.close();
  server.close();
});

async function dial(): Promise<Socket> {
  const socket = connect({ port: proxy.port, host: '127.0.0.1' });
  open.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function answer(socket: Socket): Promise<string> {
  const [chunk] = (await once(socket, 'data')) as [Buffer];
  return chunk.toString();
}

/** Resolves when it is closed, by whatever. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

/** What was asked, once it is that long. */
async function heard(length: number): Promise<string> {
  while (asked.length < length) await new Promise((resolve) => setImmediate(resolve));
  return asked;
}

test('passes everything on, and the end of it', async () => {
  const socket = await dial();
  socket.write('one');
  expect(await answer(socket)).toBe('re one');
  socket.end();
  await closed(socket);
});

test('dropped: connections are reset, those of before and new ones, until it is over', async () => {
  const before = await dial();
  before.write('one');
  await answer(before);
  proxy.cut('drop');
  await closed(before);
  const during = connect({ port: proxy.port, host: '127.0.0.1' });
  during.on('error', () => undefined);
  await closed(during);
  proxy.cut(null);
  const after = await dial();
  after.write('two');
  expect(await answer(after)).toBe('re two');
});

test('black hole: nothing passes, nobody is told, and afterwards everything passes', async () => {
  const socket = await dial();
  socket.write('one');
  await answer(socket);
  proxy.cut('black hole');
  socket.write('two');
  const other = await dial();
  other.write('three');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect([asked, socket.destroyed, other.destroyed]).toEqual(['one', false, false]);
  const answers = Promise.all([answer(socket), answer(other)]);
  proxy.cut(null);
  expect(await answers).toEqual(['re two', 're three']);
});

test('answers lost: what is asked arrives, and the connection does not outlive the fault', async () => {
  const socket = await dial();
  proxy.cut('answers lost');
  let answered = false;
  socket.on('data', () => (answered = true));
  socket.write('one');
  expect(await heard(3)).toBe('one');
  proxy.cut(null);
  await closed(socket);
  expect(answered).toBe(false);
});

test('half-closed: the client sees the end, the server does not', async () => {
  const socket = connect({ port: proxy.port, host: '127.0.0.1', allowHalfOpen: true });
  open.push(socket);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write('one');
  await answer(socket);
  proxy.cut('half-closed');
  socket.resume();
  await once(socket, 'end');
  socket.write('two');
  expect(await heard(6)).toBe('onetwo');
  expect(served[0]?.readableEnded).toBe(false);
  proxy.cut(null);
  // Nothing is read any more that could tell; a write does.
  const writing = setInterval(() => socket.write('three'), 5);
  await closed(socket);
  clearInterval(writing);
});

test('delayed: both ways take so much longer, and order is kept', async () => {
  const socket = await dial();
  socket.write('one');
  await answer(socket);
  proxy.cut({ delayMs: 40 });
  const began = performance.now();
  let answers = '';
  socket.on('data', (chunk: Buffer) => (answers += chunk.toString()));
  for (const word of 'abcdefgh') socket.write(word);
  while (!answers.endsWith('h')) await once(socket, 'data');
  expect(performance.now() - began).toBeGreaterThanOrEqual(79);
  expect(asked).toBe('oneabcdefgh');
});
