import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

/** In a process of its own: what V8 is told holds for the whole process. */
async function run(script: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const policy = `import { collectByGrowth } from ${JSON.stringify(join(import.meta.dirname, 'memory-policy.ts'))};`;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', `${policy}\n${script}`];
  return promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '' } });
}

/** Says how often the old part of the heap is collected while 1 GB of buffers passes beside 256 MB that stay. */
const COUNT = `
  import { constants, PerformanceObserver } from 'node:perf_hooks';
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  let collections = 0;
  new PerformanceObserver((list) => {
    for (const { detail } of list.getEntries()) if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) collections++;
  }).observe({ entryTypes: ['gc'] });
  const live = Array.from({ length: 256 }, () => new Array(131_072).fill(0.5));
  await turn();
  const before = collections;
  for (let i = 0; i < 1_024; i++) {
    Buffer.alloc(1_048_576);
    await turn();
  }
  console.log(JSON.stringify([live.length, collections - before]));`;

async function collectionsAfter(start: string): Promise<number> {
  const { stdout } = await run(`${start}\n${COUNT}`);
  return (JSON.parse(stdout) as [number, number])[1];
}

test('V8 knows what it is told', async () => {
  // Of a flag that it does not know V8 says so and goes on.
  expect(await run('collectByGrowth();')).toEqual({ stdout: '', stderr: '' });
});

// Fails with another V8, for which nothing is set: then see whether its own rule has become as good.
test('with much in memory, buffers that come and go do not have it collected every 64 MB', async () => {
  const left = await collectionsAfter('');
  // 1 GB is sixteen times 64 MB, and four times what stays.
  expect(left).toBeGreaterThan(8);
  expect(await collectionsAfter('collectByGrowth();')).toBeLessThan(left / 2);
});
