import { encodeEntry } from '#libs/events';
import type { Cursor, FindingFilter, ReadModels, Scope, Sort } from '#libs/views';
import type { MadeBlock } from './finding-histories.js';
import type { TestLog } from './log.js';

/** Puts made-up blocks into a log, in one stretch. */
export async function appendBlocks(log: TestLog, blocks: readonly MadeBlock[]): Promise<void> {
  await log.append(
    ...blocks.map(({ task, recordedAt, entries }) => ({
      task,
      count: entries.length,
      recordedAt,
      entries: entries.map(({ entry }) => encodeEntry(entry)),
    })),
  );
}

/** A list of findings, of all its pages, by `task/block/index`. @throws Error where a page is not full, but for the last */
export async function readAll(
  models: ReadModels,
  filter: FindingFilter,
  scope: Scope,
  sort: Sort,
  limit: number,
): Promise<string[]> {
  const ids: string[] = [];
  for (let after: Cursor | null = null; ;) {
    const { items, next } = await models.findings(filter, scope, { sort, limit, after });
    ids.push(...items.map(({ task, block, index }) => `${task}/${block}/${index}`));
    if (next === null) return ids;
    if (items.length !== limit) throw new Error(`a page has ${items.length} of ${limit} findings`);
    after = next;
  }
}
