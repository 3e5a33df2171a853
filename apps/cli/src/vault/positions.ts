import { MongoLogReader, MongoTrailReader } from '#libs/trail';
import type { BlockHead, MongoConnection } from '#libs/trail';
import type { EntryPlace } from '#libs/subjects';
import { UsageError } from '../usage-error.js';

/**
 * An entry of the trail as users name it: its log index, such as `1234`, or `task/block/index`.
 *
 * @throws UsageError where it is neither, or there is no such entry
 */
export async function placeOf(mongodb: MongoConnection, position: string): Promise<EntryPlace> {
  if (/^\d{1,15}$/.test(position)) {
    const place = await new MongoLogReader(mongodb).locate(Number(position));
    if (place === null) throw new UsageError(`The log has no entry ${position} (yet, or any more).`);
    return place;
  }
  const [, task, block, index] = /^(-1|\d{1,9})\/(\d{1,15})\/(\d{1,9})$/.exec(position) ?? [];
  if (task === undefined)
    throw new UsageError(`\`${position}\` is no position: give a log index, or task/block/index.`);
  const place = { task: Number(task), block: Number(block), index: Number(index) };
  const heads = new MongoTrailReader(mongodb).heads({ task: place.task, from: place.block });
  const { value: head } = (await heads[Symbol.asyncIterator]().next()) as { value: BlockHead | undefined };
  if (head?.n === place.block && place.index < head.count) return place;
  throw new UsageError(`The trail has no entry ${position}.`);
}

/** `task/block/index`. */
export function toPosition({ task, block, index }: EntryPlace): string {
  return `${task}/${block}/${index}`;
}
