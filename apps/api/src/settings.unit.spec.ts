import { describe, expect, test } from '@jest/globals';
import { SettingsError } from '#libs/service';
import { readSettings } from './settings.js';

describe('readSettings', () => {
  const MONGODB_URI = 'mongodb://m/hjemmel';

  test('takes what is given and has standards for the rest', () => {
    expect(readSettings({ MONGODB_URI })).toEqual({
      mongodbUri: MONGODB_URI,
      port: 8_080,
      logCacheBytes: 64 * 1024 * 1024,
    });
    const given = readSettings({ MONGODB_URI, PORT: '0', HJEMMEL_LOG_CACHE_BYTES: '0' });
    expect(given).toMatchObject({ port: 0, logCacheBytes: 0 });
  });

  test('tells every fault at once', () => {
    const told = () => readSettings({ PORT: 'http', HJEMMEL_LOG_CACHE_BYTES: '64M' });
    expect(told).toThrow(SettingsError);
    expect(told).toThrow(/MONGODB_URI is not set/);
    expect(told).toThrow(/PORT must be a whole number/);
    expect(told).toThrow(/HJEMMEL_LOG_CACHE_BYTES must be a whole number/);
  });
});
