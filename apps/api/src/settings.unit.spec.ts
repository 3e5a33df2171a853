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
      access: null,
      http: { rateLimit: 600, dashboard: null, trustedProxies: [] },
      registers: null,
    });
    const given = readSettings({ MONGODB_URI, PORT: '0', HJEMMEL_LOG_CACHE_BYTES: '0' });
    expect(given).toMatchObject({ port: 0, logCacheBytes: 0 });
  });

  test('takes proxies to be trusted as addresses and subnets', () => {
    const proxies = '10.0.0.0/8, 192.0.2.1,2001:db8::/32, ::1';
    expect(readSettings({ MONGODB_URI, HJEMMEL_TRUSTED_PROXIES: proxies }).http.trustedProxies).toEqual([
      '10.0.0.0/8',
      '192.0.2.1',
      '2001:db8::/32',
      '::1',
    ]);
    for (const wrong of ['proxy.example', '10.0.0.0/33', '2001:db8::/129', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0/8']) {
      const told = () => readSettings({ MONGODB_URI, HJEMMEL_TRUSTED_PROXIES: wrong });
      expect(told).toThrow(/HJEMMEL_TRUSTED_PROXIES: give addresses or subnets/);
    }
  });

  test('takes a rate of requests from 1 on', () => {
    expect(readSettings({ MONGODB_URI, HJEMMEL_RATE_LIMIT: '1' }).http.rateLimit).toBe(1);
    expect(() => readSettings({ MONGODB_URI, HJEMMEL_RATE_LIMIT: '0' })).toThrow(/HJEMMEL_RATE_LIMIT must be a whole/);
  });

  test('tells every fault at once', () => {
    const told = () => readSettings({ PORT: 'http', HJEMMEL_LOG_CACHE_BYTES: '64M' });
    expect(told).toThrow(SettingsError);
    expect(told).toThrow(/MONGODB_URI is not set/);
    expect(told).toThrow(/PORT must be a whole number/);
    expect(told).toThrow(/HJEMMEL_LOG_CACHE_BYTES must be a whole number/);
  });
});
