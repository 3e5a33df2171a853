import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from '@jest/globals';
import { addCheckpoint, understand } from './witness-client.js';

const LINE = `— w1 ${Buffer.alloc(76, 1).toString('base64')}\n`;

describe('understand', () => {
  test.each<[string, number, string, object]>([
    ['a cosignature', 200, LINE, { kind: 'cosigned', lines: [{ name: 'w1', keyId: 0x01010101, line: LINE }] }],
    ['several', 200, LINE + LINE, { kind: 'cosigned', lines: [{ line: LINE }, { line: LINE }] }],
    ['nothing', 200, '', { kind: 'away' }],
    ['no signature line', 200, 'fine\n', { kind: 'away' }],
    ['a line without its end', 200, LINE.trimEnd(), { kind: 'away' }],
    ['another size', 409, '20852014\n', { kind: 'conflict', size: 20_852_014 }],
    ['size zero', 409, '0\n', { kind: 'conflict', size: 0 }],
    ['a size with leading zeros', 409, '007\n', { kind: 'away' }],
    ['a size without its end', 409, '7', { kind: 'away' }],
    ['a size beyond all numbers', 409, `${'9'.repeat(16)}\n`, { kind: 'away' }],
    ['another history', 422, '', { kind: 'refused', status: 422 }],
    ['an unknown key', 403, '', { kind: 'refused', status: 403 }],
    ['an unknown log', 404, '', { kind: 'refused', status: 404 }],
    ['too many requests', 429, '', { kind: 'away' }],
    ['its own trouble', 503, '', { kind: 'away' }],
  ])('%s', (_, status, body, expected) => {
    expect(understand(status, body)).toMatchObject(expected);
  });
});

describe('addCheckpoint', () => {
  let server: Server | null = null;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function answering(listener: RequestListener): Promise<string> {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/w`;
  }
  const request = { oldSize: 3, proof: [Buffer.alloc(32, 9)], note: 'log\n4\nroot\n\n— log key\n' };
  const never = new AbortController().signal;

  test('posts old size, proof and note', async () => {
    let body = '';
    const url = await answering((incoming, response) => {
      incoming.setEncoding('utf8').on('data', (part: string) => (body += part));
      incoming.on('end', () => response.end(LINE));
      expect([incoming.method, incoming.url]).toEqual(['POST', '/w/add-checkpoint']);
    });
    expect(await addCheckpoint(url, request, never)).toMatchObject({ kind: 'cosigned' });
    expect(body).toBe(`old 3\n${Buffer.alloc(32, 9).toString('base64')}\n\n${request.note}`);
  });

  test('a witness that answers without end is cut off', async () => {
    const url = await answering((_, response) => {
      const more = (): void => void response.write('x'.repeat(16_384), more);
      more();
    });
    expect(await addCheckpoint(url, request, never)).toMatchObject({
      kind: 'away',
      why: expect.stringContaining('more than'),
    });
  });

  test('a redirect is not followed', async () => {
    const url = await answering((_, response) => response.writeHead(307, { location: '/elsewhere' }).end());
    expect(await addCheckpoint(url, request, never)).toMatchObject({ kind: 'away' });
  });

  test('nobody there, or a signal that comes first', async () => {
    expect(await addCheckpoint('http://127.0.0.1:1', request, never)).toMatchObject({ kind: 'away' });
    const url = await answering(() => undefined);
    expect(await addCheckpoint(url, request, AbortSignal.timeout(50))).toMatchObject({ kind: 'away' });
  });
});
