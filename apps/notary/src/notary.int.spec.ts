import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { generateSignerKey, openNote, parseSigner, parseVerifier } from '#libs/log';
import { DamagedTrail, prepareDatabase, userName } from '#libs/trail';
import { logContract } from '../../../test/support/log-contract.js';
import { Chains } from '../../../test/support/log-harness.js';
import { MongoLog } from '../../../test/support/mongo-log.js';
import { checkLog } from '../../../test/support/naive-log.js';
import { testServers } from '../../../test/support/servers.js';
import { startService } from '../../../test/support/service-process.js';
import type { ServiceProcess } from '../../../test/support/service-process.js';
import { WitnessProcess } from '../../../test/support/witness-process.js';
import { Random } from '../../local/src/traffic/random.js';

jest.setTimeout(120_000);

const SIGNING_KEY = generateSignerKey('log.test/trail');
const VERIFIER = parseVerifier(parseSigner(SIGNING_KEY).verifierKey);

const opened: { close(): Promise<void> }[] = [];
const started: ServiceProcess[] = [];
afterEach(async () => {
  for (const each of started) each.kill('SIGKILL');
  await Promise.all(started.splice(0).map(({ exited }) => exited));
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

async function open(): Promise<MongoLog> {
  const world = await MongoLog.open(testServers());
  opened.push(world);
  return world;
}

logContract(open);

function notary(world: MongoLog, env: Record<string, string> = {}): ServiceProcess {
  const one = startService('notary', {
    ...process.env,
    MONGODB_URI: world.uri,
    HJEMMEL_SIGNING_KEY: SIGNING_KEY,
    HJEMMEL_LOG_ORIGIN: '',
    HJEMMEL_CHECKPOINT_INTERVAL_MS: '50',
    LOG_LEVEL: 'debug',
    PORT: '0',
    ...env,
  });
  started.push(one);
  return one;
}

/** Resolves when a checkpoint covers so many entries. */
async function signed({ connection }: MongoLog, size: number): Promise<{ note: string; signedAt: Date }> {
  const checkpoints = connection.db.collection<{ _id: number; note: string; signedAt: Date }>('checkpoints');
  for (;;) {
    const last = await checkpoints.findOne({}, { sort: { _id: -1 }, readConcern: 'majority' });
    if ((last?._id ?? -1) >= size && last !== null) return last;
    if (started.length > 0 && started.every(({ running }) => !running())) {
      throw new Error(
        `no notary runs any more:\n${started.flatMap(({ log }) => log.map(({ msg }) => msg)).join('\n')}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('notaries as processes', () => {
  test('a checkpoint of the empty log, and one at most a second after a block lands', async () => {
    const world = await open();
    notary(world, { HJEMMEL_CHECKPOINT_INTERVAL_MS: '' });
    await signed(world, 0);
    const chains = new Chains();
    let size = 0;
    const waits: number[] = [];
    for (let i = 0; i < 5; i++) {
      await world.append(chains.block(i % 2, 300));
      const landed = performance.now();
      const { note } = await signed(world, (size += 300));
      waits.push(performance.now() - landed);
      expect(openNote(note, [VERIFIER]).text).toMatch(new RegExp(`^log.test/trail\n${size}\n`));
    }
    // Of five the third: the machine may be busy with something else for a moment.
    expect(waits.sort((a, b) => a - b)[2]).toBeLessThan(1_000);
    const keys = await world.connection.db.collection<{ _id: string }>('logKeys').find().toArray();
    expect(keys.map(({ _id }) => _id)).toEqual([VERIFIER.verifierKey]);
    expect(checkLog(await world.dump())).toEqual({ faults: [], size });
  });

  test('killed at random moments, two at a time, while blocks arrive: one log, every block once', async () => {
    const seed = Date.now() % 1_000_000;
    console.info(`seed ${seed}`);
    const random = new Random(seed, 0);
    const world = await open();
    const chains = new Chains();
    let size = 0;
    let done = false;
    const blocks = (async () => {
      for (let i = 0; i < 240; i++) {
        const count = random.pick([0, 1, 30, 255, 256, 700]);
        await world.append(chains.block(random.int(-1, 3), count));
        size += count;
        if (i % 4 === 0) await new Promise((resolve) => setTimeout(resolve, random.int(0, 60)));
      }
      await world.append(chains.block(0, 1));
      size += 1;
      done = true;
    })();
    const kills = async (): Promise<number> => {
      for (let killed = 0; ;) {
        const one = notary(world);
        await one.said('making the log').catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, random.int(20, 700)));
        if (done && killed >= 3) return killed;
        one.kill('SIGKILL');
        killed++;
      }
    };
    await Promise.all([kills(), kills(), blocks]);
    await signed(world, size);
    const log = checkLog(await world.dump());
    expect(log).toEqual({ faults: [], size });
    for (const { log: lines } of started) expect(complaints(lines, 40)).toEqual([]);
  });

  test('stops in order, with the round finished', async () => {
    const world = await open();
    const one = notary(world);
    await one.said('making the log');
    one.kill('SIGTERM');
    expect(await one.exited).toBe(0);
    expect(one.log.at(-1)?.msg).toBe('stopped');
  });

  test('checkpoints go on at their pace with a witness that cosigns, one that hangs and one that is not there', async () => {
    const world = await open();
    const witness = new WitnessProcess('witness.test/w1', [VERIFIER.verifierKey]);
    const hanging = createServer(() => undefined).listen(0, '127.0.0.1');
    try {
      await Promise.all([witness.start(), once(hanging, 'listening')]);
      const { port } = hanging.address() as AddressInfo;
      const one = notary(world, {
        HJEMMEL_WITNESS_URLS: `${witness.url},http://127.0.0.1:${port}/w2,http://127.0.0.1:1`,
        HJEMMEL_WITNESS_KEYS: witness.key,
      });
      const chains = new Chains();
      for (let size = 10; size <= 100; size += 10) {
        await world.append(chains.block(0, 10));
        await signed(world, size);
      }
      await witness.request(({ status, size }) => status === 200 && size === 100);
      await one.said('the witness cosigns');
      await one.said('the witness does not cosign just now');
      expect(complaints(one.log, 50)).toEqual([]);
      one.kill('SIGTERM');
      expect(await one.exited).toBe(0);
      const kept = await world.connection.db
        .collection<{ _id: { size: number; witness: string } }>('cosignatures')
        .find()
        .toArray();
      expect(kept.map(({ _id }) => _id.size)).toContain(100);
      expect(new Set(kept.map(({ _id }) => _id.witness))).toEqual(
        new Set([witness.key.split('+').slice(0, 2).join('+')]),
      );
      expect(checkLog(await world.dump())).toEqual({ faults: [], size: 100 });
    } finally {
      hanging.closeAllConnections();
      hanging.close();
      await witness.close();
    }
  });

  test('as the MongoDB user of its role, which may only find and insert', async () => {
    const world = await open();
    const { db } = world.connection;
    await prepareDatabase(db, (actor) => `secret of ${actor}`);
    try {
      const url = new URL(world.uri);
      Object.assign(url, { username: userName('notary'), password: 'secret of notary' });
      url.searchParams.set('authSource', db.databaseName);
      const env = { MONGODB_URI: url.href };
      const chains = new Chains();
      const first = notary(world, env);
      await world.append(chains.block(0, 300));
      await signed(world, 300);
      first.kill('SIGKILL');
      notary(world, env);
      await world.append(chains.block(0, 300));
      await signed(world, 600);
    } finally {
      await db.command({ dropAllUsersFromDatabase: 1 });
      await db.command({ dropAllRolesFromDatabase: 1 });
    }
  });

  test('says in one line what is wrong with the log, signs nothing, and ends with 1', async () => {
    const world = await open();
    const first = notary(world);
    await world.append(new Chains().block(0, 300));
    await signed(world, 300);
    first.kill('SIGTERM');
    await first.exited;
    await world.connection.db
      .collection('blocks')
      .updateOne({ '_id.task': 0 }, [{ $set: { hashes: Buffer.alloc(300 * 32, 1) } }]);
    const second = notary(world);
    expect(await second.exited).toBe(1);
    const told = complaints(second.log, 40);
    expect(told.map(({ msg }) => msg)).toEqual([expect.stringContaining('The log up to entry 300 is not what')]);
    expect((await world.dump()).checkpoints.map(({ size }) => size)).toEqual([0, 300]);
  });

  test('health and metrics', async () => {
    const world = await open();
    const one = notary(world);
    const url = String((await one.said('listening'))['url']).replace('[::1]', 'localhost');
    await world.append(new Chains().block(0, 7));
    await signed(world, 7);
    await one.said('checkpoint signed');
    const get = async (path: string) => (await fetch(`${url}${path}`)).text();
    expect(JSON.parse(await get('/health/live'))).toEqual({ status: 'ok' });
    expect(JSON.parse(await get('/health/ready'))).toEqual({ status: 'ok', mongodb: true, signing: true });
    const metrics = await get('/metrics');
    expect(metrics).toMatch(/^hjemmel_log_size 7$/m);
    expect(metrics).toMatch(/^hjemmel_checkpoint_seconds_count 1$/m);
    expect(metrics).toMatch(/^hjemmel_mongodb_up 1$/m);
  });
});

describe('MongoDB’s log', () => {
  test('a block whose hashes are not as many as its entries is a fault', async () => {
    const world = await open();
    await world.append({ ...new Chains().block(0, 3), count: 4 });
    await expect(world.log.newBlocks(new Map(), { perTask: 1, entries: 1 })).rejects.toThrow(DamagedTrail);
  });
});

/** What a notary complains of, but for the read models: the entries of these tests are made-up bytes. */
function complaints<T extends { level: number; msg: string }>(lines: readonly T[], least: number): T[] {
  return lines.filter(({ level, msg }) => level >= least && !msg.startsWith('the read models stand still'));
}
