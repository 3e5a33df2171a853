import { describe, expect, test } from '@jest/globals';
import { encodeEntry } from '#libs/events';
import type { AuditEntry } from '#libs/events';
import { encodeBundle, Faults } from '#libs/log';
import { AmendmentCheck } from './amendment-check.js';
import type { PageKey } from './amendment-check.js';
import { readEntry } from './entry-reader.js';
import { readPage } from './page.js';
import type { Page } from './page.js';

const finding: AuditEntry = {
  kind: 'finding',
  recordedAt: 1,
  source: { topic: 'orders', partition: 1, offset: 5, timestamp: 10 },
  tag: Buffer.alloc(32, 1),
  occurredAt: 9,
  stream: 'orders',
  controller: 'acme',
  service: 'shop',
  purpose: 'orders',
  legalBasis: 'contract',
  verdict: 'compliant',
  reasons: [],
  assumptions: [],
  register: Buffer.alloc(32, 2),
  amends: null,
  valueSha256: null,
  account: null,
  act: null,
  repeat: false,
};
const duty: AuditEntry = { ...finding, kind: 'duty', source: null, stream: null, service: null, legalBasis: null };
const unreadable: AuditEntry = { ...finding, kind: 'unreadable', tag: null, register: null };
const SOME = 'x'.repeat(1_000);
/** Above 32 MB in all, so that a page leaves what is at hand. */
const LARGE = Array.from({ length: 20_000 }, (_, i) => ({
  ...finding,
  reasons: [{ rule: String(i), effect: 'gap' as const, clause: null, message: SOME }],
}));

const pageOf = (...entries: AuditEntry[]): Page => {
  const bundle = encodeBundle(entries.map(encodeEntry));
  return readPage(bundle, entries.length);
};
const filler = pageOf(...LARGE);

/**
 * Amendments of entries of page 3/7, and what is found wrong with them.
 *
 * @param far as many pages come between that the amended one has to be read again
 * @param again what is read then
 */
async function examine(
  entries: readonly AuditEntry[],
  amendments: readonly [index: number, amendment: AuditEntry][],
  { far = false, again = pageOf(...entries) }: { far?: boolean; again?: Page | null } = {},
): Promise<{ faults: string[]; read: PageKey[]; count: number }> {
  const faults = new Faults(20);
  const read: PageKey[] = [];
  const check = new AmendmentCheck(faults.add, async function* (keys) {
    for (const key of keys) {
      read.push(key);
      yield [key, await Promise.resolve(key.n === 7 ? again : null)];
    }
  });
  check.page({ chain: 3, n: 7 }, pageOf(...entries));
  if (far) for (let n = 8; n < 11; n++) check.page({ chain: 3, n }, filler);
  for (const [index, amendment] of amendments) {
    const bytes = encodeEntry(amendment);
    const amends = { task: 3, block: 7, index };
    const page = { chain: 3, n: 7 };
    check.add({ where: 'entry 9', amends, page, index }, readEntry(bytes, 0, bytes.length), bytes, {
      from: 0,
      to: bytes.length,
    });
  }
  await check.settle();
  return { faults: faults.first.map(({ where, message }) => `${where}: ${message}`), read, count: check.count };
}

const amending = (entry: AuditEntry): AuditEntry => ({ ...entry, kind: 'amendment', verdict: 'gap', recordedAt: 99 });

describe.each([
  ['at hand', false],
  ['to be read again', true],
])('AmendmentCheck, the amended entry %s', (_, far) => {
  test('accepts amendments of findings and duties that are about the same', async () => {
    const { faults, count } = await examine(
      [finding, duty],
      [
        [0, amending(finding)],
        [1, amending(duty)],
        [0, amending(finding)],
        // By the version of the register that came next.
        [1, amending({ ...duty, register: Buffer.alloc(32, 3) })],
      ],
      { far },
    );
    expect([faults, count]).toEqual([[], 4]);
  });

  test.each<[string, AuditEntry, AuditEntry, string]>([
    [
      'an unreadable record',
      unreadable,
      amending(unreadable),
      'is neither a finding nor a duty, but of kind unreadable',
    ],
    ['an amendment', amending(finding), amending(finding), 'is neither a finding nor a duty, but of kind amendment'],
    [
      'another offset',
      finding,
      amending({ ...finding, source: { ...finding.source!, offset: 6 } }),
      'is about another',
    ],
    ['another tag', finding, amending({ ...finding, tag: Buffer.alloc(32, 9) }), 'is about another record, event or'],
    ['another time', finding, amending({ ...finding, occurredAt: 8 }), 'is about another record, event or purpose'],
    ['another purpose', finding, amending({ ...finding, purpose: 'x' }), 'is about another record, event or purpose'],
    ['no record', finding, amending({ ...finding, source: null }), 'is about another record, event or purpose'],
    ['what repeats nothing', finding, amending({ ...finding, repeat: true }), 'repeats no event'],
    ['a repeat', { ...finding, repeat: true }, amending(finding), 'repeats an event'],
    ['a register', finding, amending({ ...finding, register: Buffer.alloc(32) }), 'was judged by another register'],
  ])('names the amendment of %s', async (_, amended, amendment, fault) => {
    const { faults } = await examine([duty, amended], [[1, amendment]], { far });
    expect(faults).toEqual([expect.stringContaining(`entry 9: the entry it amends, 3/7/1, ${fault}`)]);
  });
});

describe('AmendmentCheck', () => {
  test('reads nothing again that was read just before', async () => {
    expect((await examine([finding], [[0, amending(finding)]])).read).toEqual([]);
  });

  test('reads a page once for all that wait for it', async () => {
    const two = [0, 0, 1].map((index): [number, AuditEntry] => [index, amending(finding)]);
    expect((await examine([finding, finding], two, { far: true })).read).toEqual([{ chain: 3, n: 7 }]);
  });

  test.each([
    ['another one', pageOf({ ...finding, verdict: 'gap' })],
    ['none', null],
  ])('is not shown %s the second time', async (_, again) => {
    const { faults } = await examine([finding], [[0, amending(finding)]], { far: true, again });
    expect(faults).toEqual(['entry 9: the entry it amends, 3/7/0, was not the same when it was read again']);
  });
});
