import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { flameGraph } from './flame-graph.js';

const folder = mkdtempSync(join(tmpdir(), 'flame-graph-'));
afterAll(() => rmSync(folder, { recursive: true }));

const frame = (functionName: string, line: number) => ({
  functionName,
  url: `file:///dist/${functionName}.js`,
  lineNumber: line - 1,
});

test('calls of one function by the same callers are one frame, with what they call', () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(root)', 1), children: [2, 3, 5] },
      { id: 2, callFrame: frame('work', 7), children: [4] },
      { id: 3, callFrame: frame('work', 7) },
      { id: 4, callFrame: frame('a<b', 9) },
      { id: 5, callFrame: { functionName: '(idle)', url: '', lineNumber: -1 } },
    ],
    samples: [2, 3, 4, 5],
    timeDeltas: [100_000, 200_000, 100_000, 1_000_000],
  };
  const file = join(folder, 'one.cpuprofile');
  writeFileSync(file, JSON.stringify(profile));
  const svg = flameGraph(file, 'one run');
  // Waiting does not count.
  expect(svg).toContain('one run: 0.4 s of processor time');
  expect(svg.match(/<title>[^<]+<\/title>/g)?.slice(1)).toEqual([
    '<title>all: 100.0 %</title>',
    '<title>work work.js:7: 100.0 %</title>',
    '<title>a&lt;b a&lt;b.js:9: 25.0 %</title>',
  ]);
});
