import { describe, expect, test } from '@jest/globals';
import { compileRegister, Registers } from '#libs/register';
import type { RegisterFile, RegisterSet } from '#libs/register';
import type { RegisterArchive, RegisterToKeep } from '#libs/trail';
import { stringify } from 'yaml';
import { ACME, LAW } from '../../../test/support/acme.js';
import { RegisterBook } from './register-book.js';
import type { LoadedRulebook } from './register-book.js';

function set(...files: RegisterFile[]): RegisterSet {
  const sources = files.map((file) => ({ register: compileRegister(file), text: stringify(file) }));
  return { registers: new Registers(sources.map(({ register }) => register)), sources };
}

const V1 = set(ACME);
const V2 = set(ACME, { ...ACME, version: 2, inForce: { ...ACME.inForce, from: '2024-01-01' } });
const ID = V1.sources[0]?.register.id as string;

class TestArchive implements RegisterArchive {
  readonly kept = new Map<string, string>();
  hold: Promise<void> = Promise.resolve();
  prepare() {
    return Promise.resolve();
  }
  async keep(registers: readonly RegisterToKeep[]) {
    await this.hold;
    for (const { register, text } of registers) this.kept.set(register.id, text);
    return true;
  }
  find(id: string) {
    return Promise.resolve(this.kept.get(id) ?? null);
  }
  list() {
    return Promise.resolve([]);
  }
}

function setUp(first = V1, archive = new TestArchive()) {
  const told: string[] = [];
  const taken: LoadedRulebook[] = [];
  const log = {
    info: (_: object, text: string) => told.push(text),
    error: (_: object, text: string) => told.push(text),
  };
  const book = new RegisterBook(first, LAW, archive, log, (rulebook) => taken.push(rulebook));
  return { book, archive, told, taken };
}

describe('RegisterBook', () => {
  test('keeps the first set, once, and names it as the log does', async () => {
    const { book, archive, taken } = setUp();
    expect(await book.keep(new AbortController().signal)).toBe(true);
    expect([...archive.kept.keys()]).toEqual([ID]);
    expect(book.current.stated).toEqual([
      { controller: 'acme', version: 1, inForceFrom: Date.UTC(2020, 0, 1), sha256: Buffer.from(ID, 'hex') },
    ]);
    expect(taken).toEqual([book.current]);
  });

  test('takes another set only once it is kept', async () => {
    const { book, archive, told, taken } = setUp();
    const held = Promise.withResolvers<void>();
    archive.hold = held.promise;
    const before = book.current;
    const done = book.take(V2);
    await new Promise(setImmediate);
    expect(book.current).toBe(before);
    held.resolve();
    await done;
    expect(book.current.registers).toBe(V2.registers);
    expect(book.current.digest).not.toBe(before.digest);
    expect(archive.kept.size).toBe(2);
    expect(taken).toHaveLength(2);
    expect(told).toEqual(['other registers are judged by from now on']);
  });

  test('knows versions that were exchanged since, and gets others from the archive', async () => {
    const { book, archive } = setUp();
    await book.keep(new AbortController().signal);
    await book.take(set({ ...ACME, version: 3, inForce: { ...ACME.inForce, from: '2023-01-01' } }));
    expect(book.resolve(ID)?.version).toBe(1);
    const other = setUp(V2, archive).book;
    const third = book.current.stated[0]?.sha256.toString('hex') as string;
    expect(other.resolve(third)).toBeUndefined();
    await other.require([third]);
    expect(other.resolve(third)?.version).toBe(3);
  });

  test('says once that nobody has a version any more', async () => {
    const { book, told } = setUp();
    await book.require(['ab'.repeat(32)]);
    await book.require(['ab'.repeat(32)]);
    expect(told).toHaveLength(1);
    expect(book.resolve('ab'.repeat(32))).toBeUndefined();
  });
});
