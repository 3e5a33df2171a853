import type { MongoGate } from '../../mongo-gate.js';

/**
 * The same items, of which the first was waited for: what is wrong from the start comes up now. Those that follow come
 * as long as the database gives them, however slowly.
 *
 * @throws MongoAway where the database does not answer
 */
export async function begun<T>(items: AsyncIterable<T>, gate: Pick<MongoGate, 'ask'>): Promise<AsyncGenerator<T>> {
  const iterator = items[Symbol.asyncIterator]();
  let next = await gate.ask(() => iterator.next());
  return (async function* () {
    try {
      for (; next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
}

/** The first of some items; no more are asked for. */
export async function* first<T>(count: number, items: AsyncIterable<T>): AsyncGenerator<T> {
  let left = count;
  if (left === 0) return;
  for await (const item of items) {
    yield item;
    if (--left === 0) return;
  }
}
