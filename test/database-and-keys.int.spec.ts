import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { formatSignerKey, parseSigner, parseSigningKeys } from '#libs/log';
import { packageFile } from '#libs/register';
import { parseVaultKeys } from '#libs/subjects';
import { ACTORS } from '#libs/trail';
import { testServers } from './support/servers.js';
import { bareEnv } from './support/bare-env.js';

/** `hjemmel database` and `hjemmel key` as people run them, on the compiled code. */
jest.setTimeout(60_000);

const { mongoUri, database } = testServers();
const dir = mkdtempSync(join(tmpdir(), 'hjemmel-keys-'));
const admin = new MongoClient(mongoUri);
afterAll(async () => {
  const db = admin.db(database);
  await db.command({ dropAllUsersFromDatabase: 1 });
  await db.command({ dropAllRolesFromDatabase: 1 });
  await db.dropDatabase();
  await admin.close();
  rmSync(dir, { recursive: true });
});

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function hjemmel(args: readonly string[], env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [packageFile('dist', 'apps', 'cli', 'src', 'main.js'), ...args],
      // A stack that a developer runs meanwhile is not looked at.
      { cwd: dir, env: { ...bareEnv(), HJEMMEL_LOCAL_SETTINGS: join(dir, 'none.env'), ...env } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}

describe('hjemmel database prepare', () => {
  const env = { MONGODB_ADMIN_URI: mongoUri, HJEMMEL_PASSWORD_PRUNER: 'a pass/word@' };
  const prepare = (more: Record<string, string> = {}): Promise<Outcome> =>
    hjemmel(['database', 'prepare', '--database', database], { ...env, ...more });

  test('makes users, and says once how each logs in', async () => {
    const first = await prepare();
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toContain(`The database \`${database}\` is prepared: collections, roles and users.\n`);
    expect(first.out).toMatch(/^pruner +password set to HJEMMEL_PASSWORD_PRUNER$/m);
    expect(first.out).not.toContain('pass/word');
    for (const actor of ACTORS.filter((each) => each !== 'pruner')) {
      const uri = new RegExp(`^${actor} +MONGODB_URI='(.*)'$`, 'm').exec(first.out)?.[1] ?? '';
      await using client = new MongoClient(uri);
      expect(await client.db().collection('blocks').countDocuments()).toBe(0);
      await expect(client.db().collection('blocks').deleteMany({})).rejects.toThrow('not authorized');
    }

    const second = await prepare({ HJEMMEL_PASSWORD_API: 'new' });
    expect(second).toMatchObject({ code: 0, err: '' });
    expect(second.out).not.toContain('MONGODB_URI=');
    expect(second.out).toMatch(/^auditor +the user was there and keeps its password \(HJEMMEL_PASSWORD_AUDITOR sets/m);
    expect(second.out).toMatch(/^api +password set to HJEMMEL_PASSWORD_API$/m);
  });

  test.each([
    ['no administrator', {}, /^MONGODB_ADMIN_URI is not set: give the connection string of one who may/],
    ['no connection string', { MONGODB_ADMIN_URI: 'postgres://x:hunter2@y' }, /^MONGODB_ADMIN_URI is no connection/],
    [
      'a wrong password',
      { MONGODB_ADMIN_URI: mongoUri.replace(/:[^:@]*@/, ':hunter2@') },
      /not know this user or password: mend MONGODB_ADMIN_URI/,
    ],
    [
      'nobody',
      { MONGODB_ADMIN_URI: mongoUri.replace(/\/\/.*@/, '//').replace('&authSource=admin', '') },
      /^The user of MONGODB_ADMIN_URI may not/,
    ],
  ])('with %s says so in a line', async (_, given, message) => {
    const { code, out, err } = await hjemmel(['database', 'prepare', '--database', database], given);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toContain('hunter2');
    expect(err.trimEnd()).not.toContain('\n');
  });
});

test('hjemmel database roles prints the table and the script', async () => {
  const json = await hjemmel(['database', 'roles']);
  expect(JSON.parse(json.out)).toMatchObject({ api: { user: 'hjemmel-api', privileges: { blocks: ['find'] } } });
  const script = await hjemmel(['database', 'roles', '--mongosh', '--database', 'audit']);
  expect(script.out).toContain('db.getSiblingDB("audit")');
});

describe('hjemmel key', () => {
  const origin = 'audit.example/log';

  test('generate makes a key to sign with, and show its public half', async () => {
    const { code, out, err } = await hjemmel(['key', 'generate', '--origin', origin]);
    expect(code).toBe(0);
    const { verifierKey } = parseSigner(out.trimEnd());
    expect(err).toBe(`The verifier key, for everybody: ${verifierKey}\n`);
    expect(verifierKey).toMatch(/^audit\.example\/log\+/);
    const shown = await hjemmel(['key', 'show'], { HJEMMEL_SIGNING_KEY: out });
    expect(shown).toEqual({ code: 0, out: `${verifierKey}\n`, err: '' });
  });

  test('generate --out writes a file for its owner alone, and never over another', async () => {
    const args = ['key', 'generate', '--origin', origin, '--out', 'signing.key'];
    const { out } = await hjemmel(args);
    const file = join(dir, 'signing.key');
    const key = readFileSync(file, 'utf8');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(parseSigningKeys(key, origin).signers[0].verifierKey).toBe(out.trimEnd());
    expect(await hjemmel(args)).toEqual({
      code: 2,
      out: '',
      err: 'signing.key: there is a file of that name; give another\n',
    });
    expect(readFileSync(file, 'utf8')).toBe(key);
  });

  test('show has the key in use first, while keys are changed', async () => {
    const [now, before] = [1, 2].map((byte) => formatSignerKey(origin, Buffer.alloc(32, byte)));
    const { out } = await hjemmel(['key', 'show'], { HJEMMEL_SIGNING_KEY: `${now},${before}` });
    expect(out).toBe([now, before].map((key) => `${parseSigner(key as string).verifierKey}\n`).join(''));
  });

  test('vault makes a key for the vault', async () => {
    const [one, other] = await Promise.all([hjemmel(['key', 'vault']), hjemmel(['key', 'vault'])]);
    expect(parseVaultKeys(one.out)[0].id).not.toBe(parseVaultKeys(other.out)[0].id);
  });

  test('session makes a key for sessions', async () => {
    const [one, other] = await Promise.all([hjemmel(['key', 'session']), hjemmel(['key', 'session'])]);
    expect(one.out).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
    expect(one.out).not.toBe(other.out);
  });

  test.each([
    [['key', 'generate', '--origin', 'https://audit.example/'], {}, /^--origin: The origin of a log is a URL without/],
    [['key', 'generate'], {}, /^error: required option '--origin <ORIGIN>' not specified/],
    [['key', 'show'], {}, /^HJEMMEL_SIGNING_KEY is not set, and there is no local stack/],
    [['key', 'show'], { HJEMMEL_SIGNING_KEY: 'hunter2' }, /^HJEMMEL_SIGNING_KEY: A signer key must begin with/],
  ])('%j exits 2 and says why', async (args, env, message) => {
    const { code, out, err } = await hjemmel(args, env);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
    expect(err).not.toContain('hunter2');
  });
});
