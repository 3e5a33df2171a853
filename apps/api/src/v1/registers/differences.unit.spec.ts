import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { defaultRegistersDir, readRegisterText } from '#libs/register';
import type { Register } from '#libs/register';
import { differences } from './differences.js';
import type { Change, Tree } from './differences.js';
import { meaningOf } from './meaning.js';

const key = fc.constantFrom('a', 'b', 'c', 'd/e', 'f~g', '');
const leaf = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', 'y'), fc.array(fc.integer({ min: 0, max: 2 })), fc.boolean());
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.dictionary(key, fc.oneof({ maxDepth: 4 }, leaf, fc.constant(null), tie('tree')), { maxKeys: 4, noNullPrototype: true }),
}));

/** Puts changes into a tree, by what their pointers say. */
function patch(before: Tree, changes: readonly Change[]): unknown {
  const root = structuredClone(before) as Record<string, unknown>;
  for (const { where, after } of changes) {
    const steps = where.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = steps.pop() as string;
    const parent = steps.reduce((at, step) => at[step] as Record<string, unknown>, root);
    if (after === null) delete parent[last];
    else parent[last] = after;
  }
  return root;
}

/** Without what says nothing. */
function bare(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null)
      .map(([name, part]) => [name, bare(part)]),
  );
}

describe('differences', () => {
  test('lead from one to the other', () => {
    fc.assert(
      fc.property(tree, tree, (before, after) => {
        expect(bare(patch(before, differences(before, after)))).toEqual(bare(after));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  test('are none where there are none', () => {
    fc.assert(fc.property(tree, (same) => void expect(differences(same, structuredClone(same))).toEqual([])), { seed: 2 });
  });

  test('are the same seen from the other side', () => {
    const turned = { added: 'removed', removed: 'added', changed: 'changed' } as const;
    fc.assert(
      fc.property(tree, tree, (before, after) => {
        const there = differences(before, after).map((change) => ({
          where: change.where,
          kind: turned[change.kind],
          before: change.after,
          after: change.before,
        }));
        const back = differences(after, before);
        const byPlace = (a: Change, b: Change) => (a.where < b.where ? -1 : 1);
        expect(back.toSorted(byPlace)).toEqual(there.toSorted(byPlace));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  test('come in the order of the later one, with what is gone where it stood', () => {
    const before = { first: 1, gone: 1, kept: 1, last: 1 };
    const after = { first: 2, new: 1, kept: 2, last: 2 };
    expect(differences(before, after).map(({ where, kind }) => `${where} ${kind}`)).toEqual([
      '/first changed',
      '/gone removed',
      '/new added',
      '/kept changed',
      '/last changed',
    ]);
  });
});

describe('two versions of a register', () => {
  const file = readFileSync(join(defaultRegistersDir(), 'janus.yaml'), 'utf8');
  const read = (text: string): Register => {
    const { register, faults } = readRegisterText(text, 'janus.yaml');
    expect(faults).toEqual([]);
    return register as Register;
  };
  const compare = (edit: (text: string) => string): Change[] => {
    const edited = edit(file);
    expect(edited).not.toBe(file);
    return differences(meaningOf(read(file)), meaningOf(read(edited)));
  };

  test('that mean the same do not differ, however they are written', () => {
    expect(compare((text) => `# A comment.\n${text}`)).toEqual([]);
    expect(compare((text) => text.replace('version: 1\n', 'version: 2\n'))).toEqual([]);
  });

  test('differ in what a condition says, and nowhere else', () => {
    expect(compare((text) => text.replace('window: P12M', 'window: P6M'))).toEqual([
      {
        where: expect.stringMatching(/^\/purposes\/[a-z-]+\/bases\/[a-z_]+( \(2\))?\/conditions$/),
        kind: 'changed',
        before: expect.arrayContaining([
          'On electronic channels, for customers, until 1 year after their last contract ended.',
        ]),
        after: expect.arrayContaining([
          'On electronic channels, for customers, until 6 months after their last contract ended.',
        ]),
      },
    ]);
  });

  test('differ by a document once, not by each clause of it', () => {
    const found = compare((text) => text.replace(/sha256: [0-9a-f]{64}/, `sha256: ${'a'.repeat(64)}`));
    expect(found.map(({ where, kind }) => [where, kind])).toEqual([
      ['/documents/003_76b4d04f64e69971.txt', 'changed'],
    ]);
  });

  test('differ by when they come into force', () => {
    const [change, ...more] = compare((text) => text.replace('from: 2018-05-25', 'from: 2026-01-01'));
    expect([change, more]).toEqual([
      { where: '/inForce/from', kind: 'changed', before: '2018-05-25', after: '2026-01-01' },
      [],
    ]);
  });
});
