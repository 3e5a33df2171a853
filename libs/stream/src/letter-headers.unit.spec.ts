import { expect, test } from '@jest/globals';
import type { IHeaders } from 'kafkajs';
import { letterHeaders } from './letter-headers.js';

/** As kafkajs gathers headers of a record. */
function gathered(list: readonly (readonly [string, Buffer | null])[]): IHeaders {
  return list.reduce<Record<string, unknown>>((all, [name, value]) => {
    const before = all[name];
    const both = Array.isArray(before) ? [...(before as unknown[]), value] : [before, value];
    return { ...all, [name]: before === undefined ? value : both };
  }, {}) as IHeaders;
}

test('headers of any name are what was written, whatever kafkajs takes them for', () => {
  const value = Buffer.from('v');
  const names = ['a', 'constructor', 'toString', '__proto__', 'hasOwnProperty', 'a', 'b'];
  const headers = letterHeaders(gathered(names.map((name) => [name, name === 'b' ? null : value] as const)));
  expect(Object.entries(headers ?? {})).toEqual([
    ['a', [value, value]],
    ['constructor', [value]],
    ['toString', [value]],
    ['__proto__', [value]],
    ['hasOwnProperty', [value]],
    ['b', Buffer.alloc(0)],
  ]);
  expect(letterHeaders(undefined)).toBeUndefined();
});
