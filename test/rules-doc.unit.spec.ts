import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { RULES } from '#libs/judge';
import { packageFile } from '#libs/register';
import { RULE_TITLES } from '../apps/api/src/v1/words.js';

/** A row of the table of rules in the docs. */
interface Row {
  readonly rule: string;
  readonly title: string;
  readonly effects: readonly string[];
}

interface Case {
  readonly expect?: readonly { readonly verdict: string; readonly rules?: readonly string[] }[];
}

const rows = [...readFileSync(packageFile('docs', 'rules.md'), 'utf8').matchAll(/^\| `([^`]+)` \|(.+)$/gm)].map(
  ([, rule = '', rest = '']): Row => {
    const [title = '', , effect = ''] = rest.split('|').map((cell) => cell.trim());
    return { rule, title, effects: effect.split(' or ') };
  },
);

test('all rules are there, in their order and by their titles', () => {
  expect(rows.map(({ rule }) => rule)).toEqual([...RULES]);
  expect(Object.fromEntries(rows.map(({ rule, title }) => [rule, title]))).toEqual(RULE_TITLES);
});

test('the effects are what the conformance cases come to', () => {
  const folder = packageFile('test', 'cases');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  const cases = files.map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Case);
  // Of a single reason the verdict is its effect.
  const single = cases.flatMap(({ expect: findings = [] }) => findings).filter(({ rules }) => rules?.length === 1);
  const effectsOf = new Map(rows.map(({ rule, effects }) => [rule, effects]));
  expect(new Set(single.map(({ rules }) => rules?.[0])).size).toBeGreaterThan(20);
  for (const { rules: [rule = ''] = [], verdict } of single) {
    expect({ rule, effects: effectsOf.get(rule) }).toEqual({ rule, effects: expect.arrayContaining([verdict]) });
  }
});
