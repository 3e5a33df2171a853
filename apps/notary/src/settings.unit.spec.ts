import { describe, expect, test } from '@jest/globals';
import { COSIGNATURE, generateSignerKey, parseSigner } from '#libs/log';
import { SettingsError } from '#libs/service';
import { readSettings } from './settings.js';

const KEY = generateSignerKey('log.test/trail');
const OLD = generateSignerKey('log.test/trail');
const WITNESS = parseSigner(generateSignerKey('witness.test/w1', COSIGNATURE)).verifierKey;
const GOOD = { MONGODB_URI: 'mongodb://m/hjemmel', HJEMMEL_SIGNING_KEY: KEY };

function faults(env: Record<string, string>): readonly string[] {
  try {
    readSettings(env);
  } catch (fault) {
    if (fault instanceof SettingsError) return fault.faults;
    throw fault;
  }
  return [];
}

describe('readSettings', () => {
  test('takes what is given and has standards for the rest', () => {
    const { identity, ...rest } = readSettings(GOOD);
    expect(identity.origin).toBe('log.test/trail');
    expect(identity.trusted.map(({ verifierKey }) => verifierKey)).toEqual([parseSigner(KEY).verifierKey]);
    expect(rest).toEqual({
      mongodbUri: 'mongodb://m/hjemmel',
      intervalMs: 500,
      witnessUrls: [],
      witnessKeys: [],
      port: null,
    });
  });

  test('several keys sign; keys of before are trusted; witnesses', () => {
    const before = parseSigner(generateSignerKey('log.test/trail')).verifierKey;
    const settings = readSettings({
      ...GOOD,
      HJEMMEL_SIGNING_KEY: `${KEY},${OLD}`,
      HJEMMEL_LOG_KEY: before,
      HJEMMEL_WITNESS_URLS: 'https://w1.test/, http://w2.test/sub',
      HJEMMEL_WITNESS_KEYS: WITNESS,
      HJEMMEL_CHECKPOINT_INTERVAL_MS: '100',
    });
    expect(settings.identity.signers).toHaveLength(2);
    expect(settings.identity.trusted.at(-1)?.verifierKey).toBe(before);
    expect(settings.witnessUrls).toEqual(['https://w1.test', 'http://w2.test/sub']);
    expect(settings.witnessKeys.map(({ name }) => name)).toEqual(['witness.test/w1']);
    expect(settings.intervalMs).toBe(100);
  });

  test.each<[string, Record<string, string>, string]>([
    ['no MongoDB', { MONGODB_URI: '' }, 'MONGODB_URI is not set'],
    ['no key', { HJEMMEL_SIGNING_KEY: '' }, 'HJEMMEL_SIGNING_KEY is not set'],
    ['a key that is none', { HJEMMEL_SIGNING_KEY: 'PRIVATE+KEY+x' }, 'HJEMMEL_SIGNING_KEY: '],
    ['a key of another log', { HJEMMEL_LOG_ORIGIN: 'other.test/log' }, 'HJEMMEL_SIGNING_KEY: '],
    ['a witness that is no URL', { HJEMMEL_WITNESS_URLS: 'w1' }, 'HJEMMEL_WITNESS_URLS is no http'],
    ['a witness key that is none', { HJEMMEL_WITNESS_KEYS: 'w1' }, 'HJEMMEL_WITNESS_KEYS: '],
    ['a log’s key for a witness’s', { HJEMMEL_WITNESS_KEYS: parseSigner(KEY).verifierKey }, 'is not a witness'],
    ['a former key that is none', { HJEMMEL_LOG_KEY: 'k' }, 'HJEMMEL_LOG_KEY: '],
    ['no interval', { HJEMMEL_CHECKPOINT_INTERVAL_MS: '0' }, 'HJEMMEL_CHECKPOINT_INTERVAL_MS must be'],
    ['a port out of range', { PORT: '70000' }, 'PORT must be'],
  ])('refuses %s', (_, env, fault) => {
    expect(faults({ ...GOOD, ...env })).toContainEqual(expect.stringContaining(fault));
  });

  test('tells all faults at once, and no secret', () => {
    const damaged = `${KEY.slice(0, -4)}AAA=`;
    const told = faults({ MONGODB_URI: 'monogdb://me:hunter2@m', HJEMMEL_SIGNING_KEY: damaged, PORT: 'x' });
    expect(told).toHaveLength(3);
    expect(told.join()).not.toContain('hunter2');
    // The secret's base64 may have a plus in it.
    expect(told.join()).not.toContain(KEY.split('+').slice(4).join('+').slice(0, 20));
  });
});
