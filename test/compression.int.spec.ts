import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { encodeRecord, recordKey } from '#libs/events';
import { packageFile } from '#libs/register';
import { registerCompression } from '#libs/stream';
import { createTraffic } from '../apps/local/src/traffic/traffic.js';
import { kafkaJars } from '../apps/local/src/stack/downloads.js';
import { auditing, verified, type Auditing } from './support/auditing.js';
import { testServers } from './support/servers.js';

jest.setTimeout(180_000);

const servers = testServers();
let world: Auditing;
beforeEach(async () => {
  registerCompression(); // for the reading back
  world = await auditing(servers, 1);
});
afterEach(() => world.close());

interface Produced {
  readonly compression: string;
  readonly key: string;
  readonly value: Buffer;
}

/** Publishes by Apache's own Java client; those of one compression type come after each other. */
async function produce(topic: string, records: readonly Produced[]) {
  const jars = await kafkaJars({ onProgress: () => undefined });
  const source = packageFile('test', 'support', 'java', 'Produce.java');
  const args = ['-cp', join(jars, '*'), source, servers.kafkaBrokers, topic];
  const java = spawn('java', args, { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(java, 'exit');
  for (const { compression, key, value } of records) {
    java.stdin.write(`${compression} ${Buffer.from(key).toString('base64')} ${value.toString('base64')}\n`);
  }
  java.stdin.end();
  expect(await ended).toEqual([0, null]);
}

test("what Apache's Java client compresses, by any type that Kafka knows, is read", async () => {
  const each = 500;
  const types = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
  const events = createTraffic({ seed: 7, now: Date.UTC(2026, 0, 1) }).take(each * types.length);
  const records = events.map((event, i) => ({
    compression: types[Math.floor(i / each)] as string,
    key: recordKey(event.event),
    value: encodeRecord(event),
  }));
  await produce(world.topics.orders, records);
  world.start();
  const { records: read, entries } = await verified(world);
  expect(read).toBe(events.length);
  expect(entries.filter(({ entry }) => entry.verdict === 'unreadable')).toEqual([]);
});
