import { randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { firstView, type Chunk } from './first-view.js';

const chunk = (fileName: string, facadeModuleId: string | null, imports: string[] = []): Chunk => ({
  fileName,
  facadeModuleId,
  imports,
  code: randomBytes(1000).toString('hex'),
});

const entry = chunk('index.js', '/page/index.html', ['react.js']);
const overview = chunk('overview.js', '/page/src/views/overview/OverviewView.tsx', ['react.js', 'chart.js']);
const nb = chunk('nb.js', '/page/src/i18n/nb/index.ts');

describe('what the first view loads', () => {
  test('is the entry, the overview and one catalogue, with what they import, each once', () => {
    const others = [
      chunk('react.js', null),
      chunk('chart.js', null),
      chunk('duties.js', '/page/src/views/duties/x.tsx'),
    ];
    const names = firstView([entry, overview, nb, ...others]).map(({ fileName }) => fileName);
    expect(names.sort()).toEqual(['chart.js', 'index.js', 'nb.js', 'overview.js', 'react.js']);
  });

  test('is counted compressed, largest first', () => {
    const big = { ...chunk('react.js', null), code: randomBytes(3000).toString('hex') };
    const [first] = firstView([entry, overview, nb, big]);
    expect(first?.fileName).toBe('react.js');
    expect(first?.bytes).toBeGreaterThan(3000);
    expect(first?.bytes).toBeLessThan(6000);
  });

  test('is never taken for small because a chunk was renamed', () => {
    expect(() => firstView([entry, nb])).toThrow('OverviewView');
  });
});
