import { describe, expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { ACME } from '../../../test/support/acme.js';
import { compileRegister } from './compile.js';
import { identifyRegister } from './identify.js';

const text = stringify(ACME, { aliasDuplicateObjects: false });
const { id, controller, version, inForceFrom } = compileRegister(ACME);

describe('identifyRegister', () => {
  test('gives the id that findings name', () => {
    expect(identifyRegister(text)).toEqual({ id, controller, version, inForceFrom });
  });

  test('whatever the comments, the layout and the order of keys', () => {
    const other = `# Reviewed.\n${JSON.stringify(Object.fromEntries(Object.entries(ACME).reverse()), null, 4)}`;
    expect(identifyRegister(other)?.id).toBe(id);
  });

  test('also of a file that would not be accepted any more', () => {
    const odd = identifyRegister(stringify({ ...ACME, formerField: true }));
    expect(odd).toMatchObject({ controller, version, inForceFrom });
    expect(odd?.id).not.toBe(id);
  });

  test.each([
    ['no YAML', 'a: [1'],
    ['nothing', ''],
    ['a list', '- 1'],
    ['no controller', text.replace(/^controller: .*$/m, '')],
    ['a version in words', text.replace(/^version: .*$/m, 'version: two')],
    ['a number that JSON has not', `${text}\nodd: .nan\n`],
    [
      'aliases without end',
      `a: &a [1,1,1,1,1,1,1,1,1,1]\n${'bcdefg'.replace(
        /./g,
        (c) =>
          `${c}: &${c} [${Array(10)
            .fill(`*${String.fromCharCode(c.charCodeAt(0) - 1)}`)
            .join()}]\n`,
      )}`,
    ],
  ])('is null for %s', (_, given) => {
    expect(identifyRegister(given)).toBeNull();
  });
});
