import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SchemaRegistry } from './schema-registry.js';

let server: Server;
let url: string;
let requests: IncomingMessage[];
let answers: { status: number; body: unknown }[];
/** What `GET /schemas/types` is answered with. */
let types: { status: number; body: unknown };
const lines: string[] = [];
const log = { debug() {}, info: (_: object, line: string) => lines.push(line), warn: (_: object, line: string) => lines.push(line), error() {} }; // prettier-ignore
const signal = new AbortController().signal;

beforeEach(async () => {
  requests = [];
  answers = [];
  types = { status: 503, body: {} };
  lines.length = 0;
  server = createServer((request, response) => {
    requests.push(request);
    const own = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500, body: {} };
    const { status, body } = request.url === '/registry/schemas/types' ? types : own;
    const text = body instanceof Buffer ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://me:p%40ss@127.0.0.1:${(server.address() as AddressInfo).port}/registry`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

test('asks for the id, with the credentials of the URL', async () => {
  answers = [{ status: 200, body: { schema: '"string"' } }];
  expect(await new SchemaRegistry(url, log).schema(17, signal)).toEqual({ schema: '"string"' });
  expect(requests[0]?.url).toBe('/registry/schemas/ids/17');
  expect(requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
});

test('believes for a while that an id is unknown', async () => {
  answers = [{ status: 404, body: { error_code: 40403 } }];
  const registry = new SchemaRegistry(url, log);
  expect(await registry.schema(17, signal)).toBe('unknown');
  expect(await registry.schema(17, signal)).toBe('unknown');
  expect(requests).toHaveLength(1);
});

test('asks for no id that no registry gives', async () => {
  const registry = new SchemaRegistry(url, log);
  for (const id of [2 ** 31, 2 ** 32 - 1]) expect(await registry.schema(id, signal)).toBe('unknown');
  expect(requests).toHaveLength(0);
});

test.each([400, 404, 410, 422])('a question that it calls wrong (%i) is not asked again', async (status) => {
  answers = [{ status, body: {} }];
  expect(await new SchemaRegistry(url, log).schema(17, signal)).toBe('unknown');
  expect(requests).toHaveLength(1);
});

test('an answer of endless length is no schema', async () => {
  answers = [{ status: 200, body: { schema: JSON.stringify('x'.repeat(1024 * 1024)) } }];
  expect(await new SchemaRegistry(url, log).schema(17, signal)).toBe('not-avro');
});

test.each([
  ['null', null],
  ['a list', []],
  ['a schema that is no text', { schema: { type: 'string' } }],
])('an answer that is %s is no schema', async (_, body) => {
  answers = [{ status: 200, body }];
  expect(await new SchemaRegistry(url, log).schema(17, signal)).toBe('not-avro');
});

test.each([
  ['answers with garbage', { status: 200, body: Buffer.from('<html>') }],
  ['fails', { status: 500, body: {} }],
])('a registry that %s for one schema alone holds up nobody', async (_, garbage) => {
  answers = [garbage];
  types = { status: 200, body: ['AVRO'] };
  const registry = new SchemaRegistry(url, log);
  expect(await registry.schema(17, signal)).toBe('not-avro');
  const before = requests.length;
  expect(await registry.schema(17, signal)).toBe('not-avro');
  expect(requests).toHaveLength(before);
});

test('a registry that answers everything with garbage is away', async () => {
  answers = [...Array.from({ length: 8 }, () => ({ status: 200, body: Buffer.from('<html>') })), { status: 200, body: { schema: '"int"' } }]; // prettier-ignore
  types = { status: 200, body: Buffer.from('<html>') };
  expect(await new SchemaRegistry(url, log).schema(17, signal)).toEqual({ schema: '"int"' });
}, 20_000);

test('tells schemas that are not Avro', async () => {
  answers = [{ status: 200, body: { schemaType: 'PROTOBUF', schema: 'syntax = "proto3";' } }];
  expect(await new SchemaRegistry(url, log).schema(17, signal)).toBe('not-avro');
});

test('waits for a registry that is away, and says so once', async () => {
  answers = [{ status: 503, body: {} }, { status: 502, body: {} }, { status: 200, body: { schema: '"int"' } }]; // prettier-ignore
  expect(await new SchemaRegistry(url, log).schema(17, signal)).toEqual({ schema: '"int"' });
  expect(lines).toHaveLength(2);
  expect(lines[0]).not.toContain('p%40ss');
});

test('gives up waiting at the signal', async () => {
  answers = [{ status: 503, body: {} }];
  const abort = new AbortController();
  const asked = new SchemaRegistry(url, log).schema(17, abort.signal);
  setTimeout(() => abort.abort(), 50);
  expect(await asked).toBeNull();
});

test('does not wait for a registry that refuses us', async () => {
  answers = [{ status: 401, body: {} }];
  await expect(new SchemaRegistry(url, log).schema(17, signal)).rejects.toThrow('refuses access');
});
