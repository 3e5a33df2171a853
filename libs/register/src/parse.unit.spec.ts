import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { ACME } from '../../../test/support/acme.js';
import { checkRegister } from './check.js';
import { formatFault } from './fault.js';
import { parseRegister } from './parse.js';
import type { Vocabulary } from './vocabulary.js';

const term = { label: '', dpv: null };
const terms = (...ids: string[]): ReadonlyMap<string, typeof term> => new Map(ids.map((id) => [id, term]));
const VOCABULARY: Vocabulary = {
  categories: terms(
    'name',
    'email',
    'phone',
    'order-history',
    'national-id',
    'company-details',
    'payment-information',
    'payment-card',
    'correspondence',
    'cookie-identifiers',
    'social-profile',
  ),
  sectors: terms('transport', 'advertising', 'hosting'),
  legalBases: terms(),
  roles: terms(),
};

const GOOD = stringify(ACME);

/** The faults of a register's text, as they are printed. */
function faults(text: string): string[] {
  const { parsed, faults: found } = parseRegister(text, 'acme.yaml');
  return [...found, ...(parsed === null ? [] : checkRegister(parsed, VOCABULARY))].map(formatFault);
}

function change(from: string | RegExp, to: string): string {
  const changed = GOOD.replace(from, to);
  expect(changed).not.toBe(GOOD);
  return changed;
}

/** `line:column` of the first place where `text` stands. */
function place(text: string, what: string): string {
  const before = text.slice(0, text.indexOf(what)).split('\n');
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
}

test('a good register has no fault', () => {
  expect(faults(GOOD)).toEqual([]);
});

describe('one clear line a fault, with line and column', () => {
  test('no YAML', () => {
    const [fault] = faults('controller: [acme\nname: x\n');
    expect(fault).toMatch(/^acme\.yaml:2:\d+: no YAML here: /);
  });

  test('an empty file', () => {
    expect(faults('')).toEqual([
      expect.stringMatching(/^acme\.yaml:1:1: the register is empty; it must be of type object/),
    ]);
  });

  test('a key written twice', () => {
    expect(faults(`${GOOD}\ncontroller: other\n`)).toEqual([expect.stringContaining('Map keys must be unique')]);
  });

  test('a missing field', () => {
    expect(faults(change(/^name: .*\n/m, ''))).toEqual(['acme.yaml:1:1: the register lacks `name`']);
  });

  test('a misspelt field, with a suggestion', () => {
    const text = change('directMarketing: true', 'directMarketting: true');
    expect(faults(text)).toEqual([
      `acme.yaml:${place(text, 'directMarketting')}: \`purposes.news\` has no field \`directMarketting\`, did you mean \`directMarketing\`?`,
    ]);
  });

  test('a misspelt legal basis, with a suggestion', () => {
    const text = change('basis: contract', 'basis: contrct');
    expect(faults(text)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^acme.yaml:${place(text, 'contrct')}: .* is \`contrct\`, did you mean \`contract\`\\?; it is one of consent, contract`,
        ),
      ),
    ]);
  });

  test('a misspelt data category, with a suggestion', () => {
    const text = change('- order-history', '- order-histroy');
    expect(faults(text)).toEqual([
      `acme.yaml:${place(text, 'order-histroy')}: no data category \`order-histroy\` is known, did you mean \`order-history\`?`,
    ]);
  });

  test('a clause that is not there', () => {
    const text = change('clause: transfers', 'clause: tranfers');
    expect(faults(text)).toEqual([
      `acme.yaml:${place(text, 'tranfers')}: no clause \`tranfers\` is known, did you mean \`transfers\`?`,
    ]);
  });

  test('a clause neither located nor reasoned', () => {
    expect(faults(change('    at: policy:16-16\n', ''))).toEqual([
      expect.stringContaining('clause `transfers` needs either `at` (where the policy says it) or `assumption` (why)'),
    ]);
  });

  test('lines that run backwards, an unknown document, a day that is none, a duration that is none', () => {
    expect(faults(change('policy:2-9', 'policy:9-2'))).toEqual([expect.stringContaining('lines 9-2 run backwards')]);
    expect(faults(change('policy:2-9', 'terms:2-9'))).toEqual([
      expect.stringContaining('no document `terms` is known'),
    ]);
    expect(faults(change('2020-01-01', '2020-02-30'))).toEqual([expect.stringContaining('is no day of the calendar')]);
    expect(faults(change('keep: P6M', 'keep: 6 months'))).toEqual([
      expect.stringContaining('`6 months`, which has not the right form'),
    ]);
  });

  test('a category declared twice, or both declared and excluded', () => {
    expect(faults(change('- order-history', '- name'))).toEqual([expect.stringContaining('list` lists `name` twice')]);
    expect(faults(change('- national-id', '- name'))).toEqual([
      expect.stringContaining('`name` is declared twice for purpose `orders`'),
    ]);
    expect(faults(change('- order-history', '- payment-card'))).toEqual([
      expect.stringContaining('`payment-card` is declared here and under `excludedCategories`'),
    ]);
  });

  test('a recipient with neither names nor roles, and an unknown purpose and sector', () => {
    expect(faults(change('    roles:\n      - processor\n    exceptSectors', '    exceptSectors'))).toEqual([
      expect.stringContaining('recipient `processors` needs either `names` or `roles`'),
    ]);
    expect(faults(change('- advertising', '- advertizing'))).toEqual([
      expect.stringContaining('did you mean `advertising`?'),
    ]);
    expect(faults(change('allExcept:\n        - news', 'allExcept:\n        - newz'))).toEqual([
      expect.stringContaining('no purpose `newz` is known, did you mean `news`?'),
    ]);
  });

  test('each id of a list is looked up, not the first alone', () => {
    expect(faults(change('- transport\n', '- transport\n      - hosting\n      - advertising\n'))).toEqual([]);
  });

  test('several faults at once, in the order of the text', () => {
    const text = change('clause: transfers', 'clause: nowhere').replace('- order-history', '- order-histroy');
    const found = faults(text);
    expect(found).toHaveLength(2);
    const lines = found.map((fault) => Number(fault.split(':')[1]));
    expect([...lines].sort((a, b) => a - b)).toEqual(lines);
  });
});
