/**
 * A verifier in a process of its own: the trail in MongoDB where BENCH_LOG_URL is empty, else what the log serves there.
 * Tells when it is done what it found, and what it took.
 */
import { MongoClient } from 'mongodb';
import { parseVerifier } from '#libs/log';
import { verifyPublicLog, verifyTrail, type VerifyReport } from '#libs/trail';
import { openHttpLog } from '../../apps/cli/src/log/http-log.js';
import { endWhenTold, given, tell } from '../stream/consumer-log.js';
import { peakMemory } from '../stream/usage.js';
import { VERIFIED, type Verified } from './verified.js';

endWhenTold();
const url = given('BENCH_LOG_URL');
const trust = { keys: [parseVerifier(given('BENCH_LOG_KEY'))], witnesses: [] };
const options = { trust, held: null, faultLimit: 3 };

const before = process.cpuUsage();
const started = performance.now();
const { proved, size, faults } = await verify();
const seconds = (performance.now() - started) / 1_000;
const { user, system } = process.cpuUsage(before);
const peakMiB = peakMemory(process.pid);
const verified: Verified = { proved, size, faults, seconds, cpu: (user + system) / 1e6, peakMiB };
tell(VERIFIED, verified);
// The parent reads the line before this process ends: it ends it.
setInterval(() => undefined, 60_000);

async function verify(): Promise<VerifyReport> {
  if (url !== '') return verifyPublicLog(await openHttpLog(url), { ...options, minimumIndex: 0 });
  await using client = new MongoClient(given('MONGODB_URI'));
  return await verifyTrail(client.db(), options);
}
