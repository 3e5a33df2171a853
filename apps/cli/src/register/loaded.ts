import { decodeEntry, toIsoTime } from '#libs/events';
import { splitBundle } from '#libs/log';
import { MongoConnection, MongodbFault, MongoRegisterArchive, MongoTrailReader } from '#libs/trail';
import type { Block } from '#libs/trail';
import { mongodbUri } from '../settings.js';
import { UsageError } from '../usage-error.js';

const SILENT = { info: () => undefined, warn: () => undefined };

/** A register that a block of the trail says was loaded, where the set before it of the task did not have it. */
interface Loading {
  readonly task: number;
  readonly block: number;
  readonly at: number;
  readonly controller: string;
  readonly version: number;
  readonly inForceFrom: number;
  readonly sha256: string;
  readonly loaded: boolean;
}

/**
 * Prints, as one JSON object a line, which registers each task was judged by from which block on, as the trail itself
 * says; only what changes.
 *
 * @param task of that task only; null: of all
 */
export async function printLoaded(task: number | null): Promise<void> {
  await withTrail(async (mongodb) => {
    const before = new Map<number, Map<string, Loading>>();
    const blocks = new MongoTrailReader(mongodb).blocks(task === null ? {} : { task });
    for await (const block of blocks) {
      for (const change of changes(block, before)) {
        const { at, inForceFrom, loaded, ...rest } = change;
        const line = { at: toIsoTime(at), loaded, ...rest, inForceFrom: toIsoTime(inForceFrom).slice(0, 10) };
        process.stdout.write(`${JSON.stringify(line)}\n`);
      }
    }
  });
}

/**
 * Prints the file of a register that records were judged by.
 *
 * @param digest SHA-256 in hex, or its beginning
 */
export async function printArchived(digest: string): Promise<void> {
  await withTrail(async (mongodb) => {
    const archive = new MongoRegisterArchive(mongodb);
    const found = (await archive.list()).filter(({ id }) => id.startsWith(digest.toLowerCase()));
    const [one, ...others] = found;
    if (one === undefined)
      throw new UsageError(`No register with a digest that begins with ${digest} is in the archive.`);
    if (others.length > 0) throw new UsageError(`${found.length} registers have a digest that begins with ${digest}.`);
    process.stdout.write((await archive.find(one.id)) ?? '');
  });
}

/** What a block says of registers, where it differs from what the task said before. */
function changes(block: Block, before: Map<number, Map<string, Loading>>): Loading[] {
  const [first] = splitBundle(block.entries, Math.min(1, block.count)).entries;
  if (first === undefined) return [];
  const { account } = decodeEntry(block.entries.subarray(first.from, first.to));
  const registers = account?.registers ?? null;
  if (registers === null) return [];
  const known = before.get(block.task) ?? new Map<string, Loading>();
  const place = { task: block.task, block: block.n, at: block.recordedAt };
  const now = new Map(
    registers.map(({ sha256, controller, version, inForceFrom }) => {
      const id = sha256.toString('hex');
      return [id, { ...place, controller, version, inForceFrom, sha256: id, loaded: true }];
    }),
  );
  before.set(block.task, now);
  const gone = [...known.values()].filter(({ sha256 }) => !now.has(sha256));
  return [
    ...[...now.values()].filter(({ sha256 }) => !known.has(sha256)),
    ...gone.map((one) => ({ ...one, ...place, loaded: false })),
  ];
}

async function withTrail(work: (mongodb: MongoConnection) => Promise<void>): Promise<void> {
  const mongodb = new MongoConnection(mongodbUri('api'), 'hjemmel-register', SILENT);
  try {
    await mongodb.attempt(() => work(mongodb));
  } catch (error) {
    throw error instanceof MongodbFault ? new UsageError(error.message) : error;
  } finally {
    await mongodb.close();
  }
}
