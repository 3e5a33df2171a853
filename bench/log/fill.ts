import { type Block, type MongoConnection, MongoTrailWriter, TRAIL_COLLECTIONS } from '#libs/trail';
import { quietConnection } from '../mongo.js';
import { SyntheticBlocks } from './synthetic-blocks.js';

/** Makes the blocks of a trail, task by task. */
export interface BlockMaker {
  next(task: number, count: number): Block;
}

export interface FilledTrail {
  readonly entries: number;
  readonly blocks: number;
  /** Mean length of an entry, bytes. */
  readonly entryBytes: number;
}

/** A connection that says nothing, to a database in which there is nothing of the log. */
export async function emptyLog(uri: string): Promise<MongoConnection> {
  const connection = quietConnection(uri);
  for (const name of TRAIL_COLLECTIONS) if (name !== 'blocks') await connection.db.dropCollection(name);
  return connection;
}

/** Writes blocks, the tasks in turn, until there are so many entries. */
export async function fillTrail(
  uri: string,
  {
    entries,
    blockEntries,
    tasks,
    made = new SyntheticBlocks(),
  }: { entries: number; blockEntries: number; tasks: number; made?: BlockMaker | undefined },
  signal: AbortSignal,
): Promise<FilledTrail> {
  const connection = quietConnection(uri);
  try {
    const writer = new MongoTrailWriter(connection);
    await writer.prepare();
    let blocks = 0;
    let bytes = 0;
    for (let written = 0; written < entries; blocks++) {
      const count = Math.min(blockEntries, entries - written);
      const block = made.next(blocks % tasks, count);
      await writer.append(block, signal);
      signal.throwIfAborted();
      written += count;
      bytes += block.entries.length - 2 * count;
    }
    return { entries, blocks, entryBytes: bytes / entries };
  } finally {
    await connection.close();
  }
}
