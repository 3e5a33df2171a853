import { expect, test } from '@jest/globals';
import { encodeEntry } from '#libs/events';
import type { AuditEntry } from '#libs/events';
import { makeBlock } from '#libs/trail';
import type { Block, TrailReader } from '#libs/trail';
import { TrailWatch } from './trail-watch.js';

const TO = new Map([['marketing', [3]]]);

function entry(kind: AuditEntry['kind'], offset: number | null): Buffer {
  const source = offset === null ? null : { topic: 'marketing', partition: 0, offset, timestamp: 0 };
  const nothing = {
    tag: null,
    occurredAt: null,
    stream: null,
    controller: null,
    service: null,
    purpose: null,
  } as const;
  const rest = {
    legalBasis: null,
    register: null,
    amends: null,
    valueSha256: null,
    account: null,
    act: null,
    repeat: false,
  } as const;
  return encodeEntry({
    kind,
    recordedAt: 0,
    source,
    ...nothing,
    ...rest,
    verdict: 'compliant',
    reasons: [],
    assumptions: [],
  });
}

async function coverage(entries: Buffer[]) {
  const summary = { verdicts: [], rules: [] };
  const content = { task: 0, ranges: [], next: { marketing: 3 }, entries, writer: 'w', recordedAt: 0, summary };
  async function* blocks(): AsyncGenerator<Block> {
    yield await Promise.resolve(makeBlock(content, null));
  }
  const reader = { tasks: () => Promise.resolve([0]), blocks, heads: blocks } as unknown as TrailReader;
  const watch = new TrailWatch(reader, new Map());
  await watch.poll();
  return watch.coverage(TO);
}

test('each record has one entry, whatever was found of it later', async () => {
  const found = [entry('finding', 0), entry('amendment', 0), entry('amendment', 0), entry('duty', null)];
  expect(await coverage([...found, entry('unreadable', 1), entry('finding', 2)])).toEqual({
    once: 3,
    repeated: 0,
    missing: 0,
  });
  expect(await coverage([...found, entry('finding', 0), entry('finding', 2)])).toEqual({
    once: 1,
    repeated: 1,
    missing: 1,
  });
});
