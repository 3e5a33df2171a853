import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import {
  ChangedMeanwhile,
  MongoConnection,
  MongodbFault,
  MongoVerifications,
  verifyPublicLog,
  verifyTrail,
} from '#libs/trail';
import type { VerifyOptions, VerifyReport } from '#libs/trail';
import { openHttpLog } from '../log/http-log.js';
import { readTrust } from '../log/trust.js';
import { userPath } from '../paths.js';
import { mongodbUri } from '../settings.js';
import { UsageError } from '../usage-error.js';
import type { VerifyCommandOptions } from './options.js';
import { progressBar } from '../progress-bar.js';
import { reportLines } from './report-lines.js';

/** Faults that are told one by one. */
const FAULT_LIMIT = 20;

const SILENT = { info: () => undefined, warn: () => undefined };

/** Verifies the log and prints what was found; true where it is proved. */
export async function verify(options: VerifyCommandOptions): Promise<boolean> {
  const minimumIndex = toIndex(options.minimumIndex);
  if (minimumIndex > 0 && options.url === undefined) {
    throw new UsageError('--minimum-index goes with --url; MongoDB itself says where the log was pruned to.');
  }
  const trust = readTrust(options.key);
  const held = options.held === undefined ? null : readHeld(options.held);
  const bar = progressBar('Verifying', 'entries');
  const checking = { trust, held, faultLimit: FAULT_LIMIT, onProgress: bar.update };
  const started = performance.now();
  let report: VerifyReport;
  try {
    report =
      options.url === undefined
        ? await overMongodb(checking)
        : await verifyPublicLog(await openHttpLog(options.url), { ...checking, minimumIndex });
  } finally {
    bar.end();
  }
  const seconds = (performance.now() - started) / 1_000;
  const newest = report.proved ? report.last : null;
  if (options.save !== undefined && newest !== null) save(userPath(options.save), newest.note);
  if (options.json) process.stdout.write(`${JSON.stringify({ ...report, seconds }, null, 2)}\n`);
  else process.stdout.write(`${reportLines(report, seconds).join('\n')}\n`);
  if (options.save !== undefined && newest === null) process.stderr.write(`Nothing was saved to ${options.save}.\n`);
  return report.proved;
}

async function overMongodb(options: VerifyOptions): Promise<VerifyReport> {
  const mongodb = new MongoConnection(mongodbUri('api'), 'hjemmel-verify', SILENT);
  try {
    return await mongodb.attempt(async () => {
      const report = await verifyTrail(mongodb.db, options);
      await note(mongodb, report);
      return report;
    });
  } catch (error) {
    if (error instanceof MongodbFault) throw new UsageError(error.message);
    if (error instanceof ChangedMeanwhile) throw new UsageError(`${error.message} Run the command again.`);
    throw error;
  } finally {
    await mongodb.close();
  }
}

/** Leaves word of what came of it, for the dashboard; who may not write that has verified all the same. */
async function note(mongodb: MongoConnection, { size, proved }: VerifyReport): Promise<void> {
  const verification = { at: Date.now(), size, ok: proved, by: 'hjemmel verify' };
  await new MongoVerifications(mongodb).add(verification).catch((error: unknown) => {
    process.stderr.write(`The dashboard will not know of it: ${(error as Error).message}\n`);
  });
}

function readHeld(file: string): string {
  try {
    return readFileSync(userPath(file), 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
    throw new UsageError(`--held ${file}: ${reason}`);
  }
}

/** Whole or not at all: it may be the only checkpoint that is kept. */
function save(path: string, note: string): void {
  try {
    writeFileSync(`${path}.new`, note, { flush: true });
    renameSync(`${path}.new`, path);
  } catch {
    throw new UsageError(`--save ${path}: it cannot be written`);
  }
}

function toIndex(text = '0'): number {
  if (!/^\d{1,15}$/.test(text)) throw new UsageError(`--minimum-index ${text} is no log index, such as 25600`);
  return Number(text);
}
