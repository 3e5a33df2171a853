import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { formatSignerKey, parseSigner } from '#libs/log';
import { parseVaultKeys } from '#libs/subjects';
import { localKeys } from './keys.js';

const top = mkdtempSync(join(tmpdir(), 'hjemmel-local-keys-'));
afterAll(() => rmSync(top, { recursive: true }));
const folder = (): string => join(mkdtempSync(join(top, '-')), 'keys');

const key = (byte: number): string => formatSignerKey('a.example/log', Buffer.alloc(32, byte));
const publicHalf = (byte: number): string => parseSigner(key(byte)).verifierKey;

test('keys are made once, and only their owner may read them', () => {
  const dir = folder();
  const keys = localKeys(dir, {});
  expect(keys.origin).toBe('hjemmel.local/log');
  expect(keys.verifierKeys).toEqual([parseSigner(keys.signingKey).verifierKey]);
  expect(parseVaultKeys(keys.vaultKey)).toHaveLength(1);
  expect(localKeys(dir, {})).toEqual(keys);
  for (const name of ['signing.key', 'vault.key']) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600);
});

test('another start has other keys', () => {
  const [one, other] = [localKeys(folder(), {}), localKeys(folder(), {})];
  expect(one.signingKey).not.toBe(other.signingKey);
  expect(one.vaultKey).not.toBe(other.vaultKey);
});

test('keys of the settings are used, and written nowhere', () => {
  const dir = folder();
  const vaultKey = Buffer.alloc(32, 3).toString('base64');
  const keys = localKeys(dir, { HJEMMEL_SIGNING_KEY: key(1), HJEMMEL_VAULT_KEY: vaultKey });
  expect(keys).toEqual({ signingKey: key(1), vaultKey, origin: 'a.example/log', verifierKeys: [publicHalf(1)] });
  expect(readFileSync(join(dir, 'verifier.keys'), 'utf8')).toBe(`${publicHalf(1)}\n`);
});

test('verifier keys of earlier starts are remembered, for what was signed then', () => {
  const dir = folder();
  localKeys(dir, { HJEMMEL_SIGNING_KEY: key(1) });
  localKeys(dir, { HJEMMEL_SIGNING_KEY: `${key(2)},${key(1)}` });
  const { verifierKeys } = localKeys(dir, { HJEMMEL_SIGNING_KEY: key(3) });
  expect(verifierKeys).toEqual([publicHalf(3), publicHalf(2), publicHalf(1)]);
});

test('a signing key that is none is told in a line, without it', () => {
  const read = () => localKeys(folder(), { HJEMMEL_SIGNING_KEY: 'hunter2' });
  expect(read).toThrow(/^HJEMMEL_SIGNING_KEY: /);
  expect(read).not.toThrow('hunter2');
});
