import { expect, test } from '@jest/globals';
import { encodeRecord, toConfluent, WriterSchemas } from '#libs/events';
import type { SourceRecord } from '#libs/stream';
import { createTraffic } from '../../local/src/traffic/traffic.js';
import { decodeBatch } from './decode-batch.js';

const [event] = createTraffic({ seed: 1, now: Date.UTC(2026, 0, 1) }).take(1);
const value = encodeRecord(event!);

function record(own: Buffer | null): SourceRecord {
  return { topic: 'orders', partition: 0, offset: 0, timestamp: 0, key: null, value: own, headers: {} };
}

test('a value may be as long as is allowed, and no longer, whatever it holds', () => {
  const most = value.length;
  const longer = Buffer.concat([value, Buffer.alloc(1)]);
  const values = [value, longer, null, Buffer.alloc(most), toConfluent(longer, 7).subarray(0, most)];
  const missing = new Set<number>();
  const decoded = decodeBatch(values.map(record), new WriterSchemas(), new Map(), missing, most);
  expect(decoded[0]).toEqual({ ok: true, event });
  expect(decoded[1]).toEqual({
    ok: false,
    fault: `the value has ${most + 1} bytes; a record may have ${most} (HJEMMEL_MAX_RECORD_BYTES)`,
  });
  expect(decoded[2]).toEqual({ ok: false, fault: 'the record has no value' });
  expect([...missing].sort()).toEqual([0, 7]);
});

test('a record that is too long asks for no schema', () => {
  const missing = new Set<number>();
  decodeBatch([record(toConfluent(value, 7))], new WriterSchemas(), new Map(), missing, 4);
  expect(missing.size).toBe(0);
});
