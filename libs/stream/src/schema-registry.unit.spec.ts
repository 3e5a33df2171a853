import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SchemaRegistry } from './schema-registry.js';

let server: Server;
let url: string;
let requests: IncomingMessage[];
let answers: { status: number; body: unknown }[];
const lines: string[] = [];
const log = { debug() {}, info: (_: object, line: string) => lines.push(line), warn: (_: object, line: string) => lines.push(line), error() {} }; // prettier-ignore
const signal = new AbortController().signal;

beforeEach(async () => {
  requests = [];
  answers = [];
  lines.length = 0;
  server = createServer((request, response) => {
    requests.push(request);
    const { status, body } = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 500, body: {} };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
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
