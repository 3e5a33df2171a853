import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { encodeEntry } from '#libs/events';
import type { EntryRegister } from '#libs/events';
import { makeBlock, MongoConnection, MongoRegisterArchive, MongoTrailWriter } from '#libs/trail';
import type { ChainEnd } from '#libs/trail';
import { testServers } from '../../../../test/support/servers.js';
import { printArchived, printLoaded } from './loaded.js';

const { mongoUri, database } = testServers();
const url = new URL(mongoUri);
url.pathname = `/${database}`;
const mongodb = new MongoConnection(url.href, 'cli-test', { info: () => undefined, warn: () => undefined });
const before = process.env['MONGODB_URI'];

const DAY = 86_400_000;
const register = (version: number): EntryRegister => ({
  ...{ controller: 'acme', version, inForceFrom: version * 365 * DAY },
  sha256: Buffer.alloc(32, 0xa0 + version),
});
const idOf = (version: number): string => register(version).sha256.toString('hex');

/** A block of one entry (none where `registers` is undefined), which states these registers. */
async function append(task: number, end: ChainEnd | null, registers?: EntryRegister[] | null): Promise<ChainEnd> {
  const account = { task, block: (end?.n ?? -1) + 1, previous: end?.digest ?? null, ranges: [] };
  const nothing = { source: null, tag: null, occurredAt: null, stream: null, controller: null, service: null };
  const rest = {
    purpose: null,
    legalBasis: null,
    register: null,
    amends: null,
    valueSha256: null,
    act: null,
    repeat: false,
  };
  const found = { kind: 'duty', verdict: 'compliant', reasons: [], assumptions: [], recordedAt: 0 } as const;
  const entries =
    registers === undefined ? [] : [encodeEntry({ ...nothing, ...rest, ...found, account: { ...account, registers } })];
  const summary = { verdicts: [], rules: [] };
  const recordedAt = account.block * DAY;
  const block = makeBlock({ task, ranges: [], next: {}, entries, writer: 'w', recordedAt, summary }, end);
  await new MongoTrailWriter(mongodb).append(block, new AbortController().signal);
  return block;
}

async function printed(print: () => Promise<void>): Promise<string> {
  let text = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  await print();
  return text;
}

beforeAll(async () => {
  process.env['MONGODB_URI'] = url.href;
  let end = await append(0, null, [register(1)]);
  end = await append(0, end, null);
  end = await append(0, end);
  // Another session, with the same registers.
  end = await append(0, end, [register(1)]);
  await append(0, end, [register(1), register(2)]);
  end = await append(1, null, [register(1)]);
  await append(1, end, [register(2)]);
  await new MongoRegisterArchive(mongodb).keep([
    { register: { ...register(1), id: idOf(1) }, text: 'first\n' },
    { register: { ...register(2), id: idOf(2) }, text: 'second\n' },
  ]);
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(async () => {
  if (before !== undefined) process.env['MONGODB_URI'] = before;
  await mongodb.db.dropDatabase();
  await mongodb.close();
});

describe('hjemmel register loaded', () => {
  const line = (task: number, block: number, version: number, loaded = true): object => ({
    ...{ at: new Date(block * DAY).toISOString(), loaded, task, block, controller: 'acme', version },
    ...{ sha256: idOf(version), inForceFrom: new Date(version * 365 * DAY).toISOString().slice(0, 10) },
  });
  const lines = async (task: number | null): Promise<unknown[]> =>
    (await printed(() => printLoaded(task)))
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as unknown);

  test('lists what changed, by task and block', async () => {
    expect(await lines(null)).toEqual([
      line(0, 0, 1),
      line(0, 4, 2),
      line(1, 0, 1),
      line(1, 1, 2),
      line(1, 1, 1, false),
    ]);
  });

  test('of one task', async () => {
    expect(await lines(0)).toEqual([line(0, 0, 1), line(0, 4, 2)]);
  });
});

describe('hjemmel register archived', () => {
  test('prints the file of a digest, or of its beginning', async () => {
    expect(await printed(() => printArchived(idOf(2)))).toBe('second\n');
    expect(await printed(() => printArchived('A1A1A1'))).toBe('first\n');
  });

  test('says what is wrong with a digest', async () => {
    await expect(printArchived('abcdef')).rejects.toThrow('No register with a digest that begins with abcdef');
    await expect(printArchived('a')).rejects.toThrow('2 registers have a digest that begins with a');
  });
});
