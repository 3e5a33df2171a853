import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { parseVaultKeys, VaultError } from './vault-key.js';

const key = (fill: number) => Buffer.alloc(32, fill);

describe('parseVaultKeys', () => {
  test('reads base64 and hex, one or several, and names each by its digest', () => {
    const text = `${key(1).toString('base64')}, ${key(2).toString('hex')}`;
    const id = (one: Buffer) =>
      createHash('sha256').update('hjemmel vault key\n').update(one).digest('hex').slice(0, 8);
    expect(parseVaultKeys(text)).toEqual([1, 2].map((fill) => ({ id: id(key(fill)), key: key(fill) })));
  });

  test.each([
    ['nothing', '', 'HJEMMEL_VAULT_KEY: is not 32 bytes'],
    ['too few bytes', Buffer.alloc(31).toString('base64'), 'is not 32 bytes'],
    ['too many bytes', Buffer.alloc(33).toString('base64'), 'is not 32 bytes'],
    ['a passphrase', 'correct horse battery staple', 'is not 32 bytes'],
    ['a second that is wrong', `${key(1).toString('base64')},x`, 'key 2 is not 32 bytes'],
  ])('refuses %s, and shows none', (_, text, message) => {
    expect(() => parseVaultKeys(text)).toThrow(VaultError);
    expect(() => parseVaultKeys(text)).toThrow(message);
    if (text !== '') expect(() => parseVaultKeys(text)).not.toThrow(text);
  });
});
