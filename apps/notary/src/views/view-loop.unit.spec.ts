import { expect, test } from '@jest/globals';
import { DamagedTrail } from '#libs/trail';
import { ViewLoop, type ViewLoopParts } from './view-loop.js';

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** A loop over a projector that does this for each step. */
function loopOver(step: (size: number) => Promise<boolean>, told: string[] = []) {
  const parts: ViewLoopParts = {
    projector: { step, through: 7 },
    recurrence: { look: () => Promise.resolve(true) },
    watch: { untilDone: (action) => action() },
    metrics: { viewed: () => undefined },
    log: { ...quiet, error: (_, message) => void told.push(message) },
  };
  return new ViewLoop(parts);
}

test('it goes on until it is at the newest size, and older sizes are passed over', async () => {
  const stopping = new AbortController();
  const sizes: number[] = [];
  const loop = loopOver((size) => {
    sizes.push(size);
    if (sizes.length < 4) return Promise.resolve(false);
    stopping.abort();
    return Promise.resolve(true);
  });
  loop.offer(3);
  loop.offer(5);
  loop.offer(4);
  await loop.run(stopping.signal);
  expect(sizes).toEqual([5, 5, 5, 5]);
});

test('a log that cannot be read is told, and does not end the notary', async () => {
  const stopping = new AbortController();
  const told: string[] = [];
  const loop = loopOver(() => Promise.reject(new DamagedTrail('Block 0/3 is missing.')), told);
  loop.offer(5);
  const running = loop.run(stopping.signal);
  while (told.length === 0) await new Promise(setImmediate);
  stopping.abort();
  await running;
  expect(told).toEqual(['the read models stand still: Block 0/3 is missing.']);
});

test('any other fault ends it', async () => {
  const loop = loopOver(() => Promise.reject(new Error('refused')));
  loop.offer(5);
  await expect(loop.run(new AbortController().signal)).rejects.toThrow('refused');
});
