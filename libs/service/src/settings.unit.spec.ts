import { describe, expect, test } from '@jest/globals';
import { SettingsError, SettingsReader } from './settings.js';

function faults(env: Record<string, string>, read: (from: SettingsReader) => unknown): readonly string[] {
  const from = new SettingsReader(env);
  read(from);
  try {
    from.finish(null);
  } catch (fault) {
    if (fault instanceof SettingsError) return fault.faults;
    throw fault;
  }
  return [];
}

describe('SettingsReader', () => {
  test('an empty value counts as none', () => {
    const from = new SettingsReader({ A: ' ', PORT: '' });
    expect([from.text('A'), from.text('B'), from.port(), from.flag('A'), from.list('A')]).toEqual([
      null,
      null,
      null,
      false,
      [],
    ]);
  });

  test('lists are separated by commas', () => {
    expect(new SettingsReader({ A: 'x, y,,z ' }).list('A')).toEqual(['x', 'y', 'z']);
  });

  test('gathers every fault', () => {
    const told = faults({ PORT: '-1', URLS: 'http://a,b' }, (from) => {
      from.port();
      from.httpUrls('URLS');
      from.required('KEY', 'give a key');
    });
    expect(told).toEqual([
      'PORT must be a whole number from 0 to 65535.',
      'URLS is no http:// or https:// URL.',
      'KEY is not set: give a key.',
    ]);
  });

  test('gives the settings where nothing is wrong', () => {
    const from = new SettingsReader({ PORT: '80' });
    expect(from.finish({ port: from.port() })).toEqual({ port: 80 });
  });
});
