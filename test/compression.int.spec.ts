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

/** Publishes by Apache's own Java client. */
async function produce(topic: string, compression: string, records: readonly { key: string; value: Buffer }[]) {
  const jars = await kafkaJars({ onProgress: () => undefined });
  const source = packageFile('test', 'support', 'java', 'Produce.java');
  const args = ['-cp', join(jars, '*'), source, servers.kafkaBrokers, topic, compression];
  const java = spawn('java', args, { stdio: ['pipe', 'ignore', 'inherit'] });
  const ended = once(java, 'exit');
  for (const { key, value } of records) {
    java.stdin.write(`${Buffer.from(key).toString('base64')} ${value.toString('base64')}\n`);
  }
  java.stdin.end();
  expect(await ended).toEqual([0, null]);
}

test("what Apache's Java client compresses, by any type that Kafka knows, is read", async () => {
  const each = 500;
  const types = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];
  const events = createTraffic({ seed: 7, now: Date.UTC(2026, 0, 1) }).take(each * types.length);
  for (const [i, compression] of types.entries()) {
    const some = events.slice(i * each, (i + 1) * each);
    const records = some.map((event) => ({ key: recordKey(event.event), value: encodeRecord(event) }));
    await produce(world.topics.orders, compression, records);
  }
  world.start();
  const { records, entries } = await verified(world);
  expect(records).toBe(events.length);
  expect(entries.filter(({ entry }) => entry.verdict === 'unreadable')).toEqual([]);
});
