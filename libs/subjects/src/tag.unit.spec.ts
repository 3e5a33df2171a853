import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { tagOf } from './tag.js';

const hmac = (secret: Buffer, text: string) => createHmac('sha256', secret).update(text).digest('hex');
const hex = (tag: string) => Buffer.from(tag, 'latin1').toString('hex');
const secrets = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));

describe('tagOf', () => {
  test('is HMAC-SHA-256 of the event id', () => {
    fc.assert(
      fc.property(secrets, fc.uuid(), (secret, id) => hex(tagOf(secret.toString('latin1'), id)) === hmac(secret, id)),
    );
  });

  test('is so for ids of any form', () => {
    const ids = fc.oneof(fc.string(), fc.string({ minLength: 36, maxLength: 300, unit: 'grapheme' }));
    fc.assert(
      fc.property(secrets, ids, (secret, id) => hex(tagOf(secret.toString('latin1'), id)) === hmac(secret, id)),
    );
  });

  test('differs between subjects for the same event id', () => {
    const id = '00000000-0000-4000-8000-000000000000';
    expect(tagOf('1'.repeat(32), id)).not.toEqual(tagOf('2'.repeat(32), id));
  });
});
