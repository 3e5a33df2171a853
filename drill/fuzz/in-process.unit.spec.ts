import { expect, jest, test } from '@jest/globals';
import { decodeRecord, MAX_RECORD_BYTES, recordKey, WriterSchemas } from '#libs/events';
import { factOf, judge, SubjectFacts } from '#libs/judge';
import { defaultRegistersDir, loadRegisters, loadTransferLaw } from '#libs/register';
import { fuzzRecords } from './records.js';

jest.setTimeout(120_000);

const COUNT = 30_000;
const SEED = 7;
const NOW = Date.UTC(2026, 0, 1);

/** What the auditor does with a record that needs no server: decoding, learning, judging; whatever it is. */
test(`${COUNT} records, seed ${SEED}: each is read or not, and judged, and none does harm`, async () => {
  const registers = await loadRegisters(defaultRegistersDir());
  const law = loadTransferLaw();
  const writers = new WriterSchemas();
  const subjects = new Map<string, SubjectFacts>();
  const verdicts = new Map<string, number>();
  const count = (verdict: string): void => void verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
  for (const { value, timestamp } of fuzzRecords(SEED, COUNT, 8, NOW)) {
    const decoded = (value?.length ?? 0) > MAX_RECORD_BYTES ? null : decodeRecord(value, writers);
    if (decoded === null || !decoded.ok) {
      if (decoded !== null && decoded.fault.length > 400) throw new Error('a fault is too long');
      count('unreadable');
      continue;
    }
    const { event } = decoded;
    const key = recordKey(event.event);
    const facts = subjects.get(key) ?? new SubjectFacts();
    subjects.set(key, facts);
    const fact = factOf(event);
    if (fact !== null) facts.add(fact);
    const finding = judge({ event, timestamp: Number(timestamp), registers, facts, law });
    for (const { message } of finding.reasons) if (message.length > 4_000) throw new Error('a message is too long');
    count(finding.verdict);
  }
  expect([...verdicts.values()].reduce((sum, each) => sum + each, 0)).toBe(COUNT);
  for (const verdict of ['compliant', 'violation', 'gap', 'unreadable']) {
    expect({ verdict, some: (verdicts.get(verdict) ?? 0) > COUNT / 100 }).toEqual({ verdict, some: true });
  }
  expect(Object.prototype).not.toHaveProperty('purpose');
});
