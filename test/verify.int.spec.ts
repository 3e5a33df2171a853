import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { packageFile } from '#libs/register';
import { MongoConnection, MongoPruner, verifyTrail } from '#libs/trail';
import type { VerifyReport } from '#libs/trail';
import { makeLog } from '../drill/tamper/make-log.js';
import type { DrilledLog } from '../drill/tamper/make-log.js';
import { testServers } from './support/servers.js';
import { startService } from './support/service-process.js';
import type { ServiceProcess } from './support/service-process.js';
import { bareEnv } from './support/bare-env.js';

/** Verifying a log that grows, was pruned, is served over HTTP; and evidence of single entries. */
jest.setTimeout(180_000);

const quiet = { info: () => undefined, warn: () => undefined };
const dir = mkdtempSync(join(tmpdir(), 'hjemmel-verify-'));
const { mongoUri, database } = testServers();
const opened: MongoConnection[] = [];
const services: ServiceProcess[] = [];

function connect(name: string): { mongodb: MongoConnection; uri: string } {
  const uri = new URL(mongoUri);
  uri.pathname = `/${database}-${name}`;
  const mongodb = new MongoConnection(uri.href, 'verify-test', quiet);
  opened.push(mongodb);
  return { mongodb, uri: uri.href };
}

afterAll(async () => {
  for (const service of services) service.kill('SIGTERM');
  await Promise.all(services.map(({ exited }) => exited));
  for (const mongodb of opened) {
    await mongodb.db.dropDatabase();
    await mongodb.close();
  }
  rmSync(dir, { recursive: true, force: true });
});

const faultsOf = ({ faults }: VerifyReport): string[] => faults.map(({ where, message }) => `${where}: ${message}`);

test('a log that grows while it is verified is proved each time', async () => {
  const { mongodb } = connect('growing');
  const begun = Promise.withResolvers<void>();
  let growing = true;
  const making = makeLog(mongodb, { entries: 6_000, seed: 3 }, () => begun.resolve()).finally(() => (growing = false));
  await begun.promise;
  const options = { trust: { keys: [], witnesses: [] }, held: null, faultLimit: 20 };
  const sizes: number[] = [];
  while (growing) {
    const report = await verifyTrail(mongodb.db, options);
    expect(faultsOf(report)).toEqual([]);
    sizes.push(report.size);
  }
  const log = await making;
  expect(new Set(sizes).size).toBeGreaterThan(1);
  const report = await verifyTrail(mongodb.db, { ...options, trust: log.trust, held: log.held });
  expect(faultsOf(report)).toEqual([]);
  expect(report).toMatchObject({ proved: true, size: log.entries, blocks: log.blocks, held: log.heldSize });
  expect(report.waiting).toEqual({ unsigned: 0, blocks: 2, entries: log.waiting });
  expect(report.cosignatures).toEqual({ right: report.checkpoints - 1, unknown: 0 });
  expect(report.partitions.reduce((sum, { lost }) => sum + lost, 0)).toBe(4 * 17);
});

test('a pruned log is proved from where it begins, and refused where more is missing', async () => {
  const { mongodb } = connect('pruned');
  const log = await makeLog(mongodb, { entries: 5_000, seed: 5 }, () => undefined);
  const verify = () => verifyTrail(mongodb.db, { trust: log.trust, held: log.held, faultLimit: 20 });
  const pruner = new MongoPruner(mongodb);
  for (const before of [1_000, 2_100]) {
    const plan = await pruner.plan({ before, recordedBefore: Infinity });
    await pruner.record(plan, 'test');
    // Broken off before anything is deleted, and then finished.
    expect(faultsOf(await verify())).toEqual([]);
    await pruner.sweep();
    const report = await verify();
    expect(faultsOf(report)).toEqual([]);
    expect(report).toMatchObject({ minimumIndex: before - (before % 256), size: log.entries, held: log.heldSize });
  }
  const { db } = mongodb;
  const tile = await db.collection('tiles').findOne({}, { sort: { _id: 1 } });
  await db.collection('tiles').deleteOne({ _id: tile?._id as never });
  expect(faultsOf(await verify())).toContain('tile/0/000: it is missing; it stands for entries that were pruned');
  await db.collection('tiles').insertOne(tile as object);
  const first = await db.collection('blocks').findOne({ '_id.task': 0 }, { sort: { _id: 1 } });
  await db.collection('blocks').deleteOne({ _id: first?._id as never });
  expect((await verify()).proved).toBe(false);
});

describe('the command', () => {
  let uri: string;
  let log: DrilledLog;
  let url: string;
  let mongodb: MongoConnection;

  beforeAll(async () => {
    ({ uri, mongodb } = connect('command'));
    log = await makeLog(mongodb, { entries: 3_000, seed: 4 }, () => undefined);
    const api = startService('api', { ...process.env, MONGODB_URI: uri, PORT: '0' });
    services.push(api);
    url = String((await api.said('listening'))['url']);
  });

  function hjemmel(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const env = { ...bareEnv(), MONGODB_URI: uri, HJEMMEL_LOG_KEY: keys().join(',') };
    return new Promise((resolve) => {
      const program = packageFile('dist', 'apps', 'cli', 'src', 'main.js');
      execFile(process.execPath, [program, ...args], { cwd: dir, env }, (error, out, err) =>
        resolve({ code: error === null ? 0 : Number(error.code), out, err }),
      );
    });
  }

  const keys = () => log.signers.map(({ verifierKey }) => verifierKey);
  const text = (name: string) => readFileSync(join(dir, name), 'utf8');

  test('verify over MongoDB: a report in words, and a checkpoint to hold the next time', async () => {
    const { code, out, err } = await hjemmel('verify', '--save', 'kept');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^hjemmel\.example\/drill is proved\.$/m);
    expect(out).toMatch(new RegExp(`^ {2}entries +${log.entries.toLocaleString('en')}, read in `, 'm'));
    expect(out).toMatch(/^ {2}offsets +[\d,]+ of marketing, each accounted for once$/m);
    expect(out).toMatch(/^ +[\d,]+ of orders, each accounted for once \(68 lost by Kafka before they were read\)$/m);
    expect(out).toMatch(new RegExp(`^ {2}waiting +2 blocks \\(${log.waiting} entries\\) not yet in the log$`, 'm'));
    expect(text('kept')).toContain(`\n${log.entries}\n`);
    const again = await hjemmel('verify', '--held', 'kept', '--json');
    expect({ code: again.code, held: JSON.parse(again.out).held }).toEqual({ code: 0, held: log.entries });
  });

  test('verify over HTTP finds the same', async () => {
    writeFileSync(join(dir, 'held'), log.held);
    const given = ['--key', keys()[0] as string, '--key', keys()[1] as string, '--key', log.witness.verifierKey];
    const { code, out, err } = await hjemmel('verify', '--url', url, '--held', 'held', '--json', ...given);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const report = JSON.parse(out) as VerifyReport;
    expect(report).toMatchObject({ size: log.entries, held: log.heldSize, cosignatures: { right: 1 }, checkpoints: 1 });
    const over = JSON.parse((await hjemmel('verify', '--json')).out) as VerifyReport;
    const lost = (one: VerifyReport) => one.partitions.reduce((sum, { lost }) => sum + lost, 0);
    expect(lost(report)).toBe(lost(over));
  });

  test('what is wrong is named, and the exit code is 1', async () => {
    const [today] = keys() as [string];
    const { code, out } = await hjemmel('verify', '--key', today);
    expect(code).toBe(1);
    expect(out).toMatch(/^hjemmel\.example\/drill is NOT proved: \d+ faults\.$/m);
    expect(out).toMatch(/^ {2}checkpoint 0: it is signed by none of the log's trusted keys, but by /m);
    writeFileSync(join(dir, 'forged'), log.held.replace(/\n\d+\n/, '\n7\n'));
    const held = await hjemmel('verify', '--held', 'forged', '--save', 'unsaved');
    expect(held.code).toBe(1);
    expect(held.out).toMatch(/^ {2}held checkpoint: the signature of .* is wrong$/m);
    expect(held.err).toBe('Nothing was saved to unsaved.\n');
  });

  test.each([
    [['verify', '--held', 'nowhere'], '--held nowhere: there is no such file\n'],
    [['verify', '--url', 'hello'], '--url hello is no address; write it as https://audit.example.com/log\n'],
    [
      ['verify', '--minimum-index', '5'],
      '--minimum-index goes with --url; MongoDB itself says where the log was pruned to.\n',
    ],
    [['proof', 'first'], '`first` is no position: give a log index, or task/block/index.\n'],
    [
      ['proof', '9999999'],
      expect.stringMatching(/^The newest checkpoint has \d+ entries; entry 9999999 is not among them\.\n$/),
    ],
    [['verify-proof', 'nowhere'], 'nowhere: there is no such file\n'],
  ])('a command that is wrong is told in one line: %j', async (args, message) => {
    expect(await hjemmel(...args)).toEqual({ code: 2, out: '', err: message });
  });

  test('a proof is accepted without the log, with the entry in it or beside it', async () => {
    expect(await hjemmel('proof', '1234', '--out', 'a')).toEqual({ code: 0, out: '', err: '' });
    expect(await hjemmel('proof', '1234', '--url', url, '--out', 'b', '--entry', 'entry')).toMatchObject({ code: 0 });
    expect(text('a')).toMatch(/^c2sp\.org\/tlog-proof@v1\nextra [^\n]+\nindex 1234\n/);
    expect(text('b')).toMatch(/^c2sp\.org\/tlog-proof@v1\nindex 1234\n/);
    const within = await hjemmel('verify-proof', 'a', '--key', keys()[0] as string);
    expect(within).toMatchObject({ code: 0, err: '' });
    const shown = JSON.parse(within.out);
    expect(shown).toMatchObject({ log: 'hjemmel.example/drill', logIndex: 1_234, size: log.entries });
    expect(shown.entry.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const beside = await hjemmel('verify-proof', 'b', '--entry', 'entry', '--key', keys()[0] as string);
    expect(JSON.parse(beside.out).entry).toEqual(shown.entry);
    expect((await hjemmel('verify-proof', 'b')).code).toBe(2);
  });

  test('a position of a chain and its log index give the same proof', async () => {
    const sequence = await mongodb.db.collection('sequence').findOne({}, { sort: { _id: -1 } });
    const [first] = sequence?.['blocks'] as { task: number; n: number }[];
    const place = `${first?.task}/${first?.n}/0`;
    const byPlace = first !== undefined && first.task < 0 ? ['--', place] : [place];
    const byIndex = await hjemmel('proof', String(sequence?._id));
    expect(await hjemmel('proof', ...byPlace)).toEqual(byIndex);
  });

  test.each<[string, (proof: string) => string]>([
    ['another index', (proof) => proof.replace('index 1234', 'index 1235')],
    ['another entry', (proof) => proof.replace(/extra (.)/, (_, c: string) => `extra ${c === 'A' ? 'B' : 'A'}`)],
    ['another size', (proof) => proof.replace(`\n${log.entries}\n`, `\n${log.entries + 1}\n`)],
    ['a hash left out', (proof) => proof.replace(/(index 1234\n)[^\n]+\n/, '$1')],
    ['no signature', (proof) => proof.slice(0, proof.indexOf('\n— '))],
  ])('a proof with %s is refused', async (_, change) => {
    await hjemmel('proof', '1234', '--out', 'good');
    writeFileSync(join(dir, 'bad'), change(text('good')));
    const { code, out, err } = await hjemmel('verify-proof', 'bad');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^bad is no proof: /);
  });
});
