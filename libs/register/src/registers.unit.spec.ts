import { describe, expect, test } from '@jest/globals';
import { ACME } from '../../../test/support/acme.js';
import { compileRegister, registerId } from './compile.js';
import { Registers } from './registers.js';

const first = compileRegister(ACME);
const second = compileRegister({ ...ACME, version: 2, inForce: { from: '2022-01-01', clause: 'in-force' } });

test('what is in force has a digest, which changes with a version and on its day', () => {
  const other = compileRegister({ ...ACME, controller: 'other' });
  const of = (registers: Registers, at: string): string => registers.inForceDigest(Date.parse(at));
  const both = new Registers([first, second, other]);
  expect(of(both, '2021-12-31T23:59:59.999Z')).toBe(of(new Registers([other, first]), '2030-01-01T00:00:00Z'));
  expect(of(both, '2022-01-01T00:00:00Z')).toBe(of(new Registers([second, other]), '2030-01-01T00:00:00Z'));
  const all = ['2019-01-01T00:00:00Z', '2021-01-01T00:00:00Z', '2022-01-01T00:00:00Z'].map((at) => of(both, at));
  expect(new Set(all).size).toBe(3);
});

describe('the version in force', () => {
  const registers = new Registers([second, first]);

  test.each([
    ['2019-12-31T23:59:59.999Z', undefined],
    ['2020-01-01T00:00:00.000Z', 1],
    ['2021-12-31T23:59:59.999Z', 1],
    ['2022-01-01T00:00:00.000Z', 2],
    ['2030-01-01T00:00:00.000Z', 2],
  ])('at %s is %s', (at, version) => {
    expect(registers.inForce('acme', Date.parse(at))?.version).toBe(version);
  });

  test('of an unknown controller is none', () => {
    expect(registers.inForce('nobody', 0)).toBeUndefined();
    expect(registers.of('nobody')).toBeUndefined();
  });

  test('must be one at a time', () => {
    expect(() => new Registers([first, compileRegister({ ...ACME, version: 3 })])).toThrow(/versions 1 and 3/);
  });
});

describe('the identity of a register', () => {
  test('does not depend on the order of keys', () => {
    const reversed = Object.fromEntries(Object.entries(ACME).reverse()) as unknown as typeof ACME;
    expect(registerId(reversed)).toBe(registerId(ACME));
  });

  test('changes with any content', () => {
    expect(registerId({ ...ACME, name: 'Acme ASA' })).not.toBe(registerId(ACME));
    expect(second.id).not.toBe(first.id);
  });

  test('is the SHA-256 of the canonical JSON, and a promise', () => {
    expect(first.id).toMatch(/^[0-9a-f]{64}$/);
    const tiny = { controller: 'é', version: 1 } as unknown as typeof ACME;
    // printf '{"controller":"é","version":1}' | sha256sum
    expect(registerId(tiny)).toBe('2f730383b4fd2322042b13c3622366c845d07938094062676a012fde61a19df3');
  });
});

test('a period that counts from the contract says nothing of those who never had one', () => {
  const { retention } = first.purposes.get('orders') ?? { retention: null };
  expect(retention?.customer?.keep.iso).toBe('P6M');
  expect(retention?.neverCustomer).toBeNull();
  const research = first.purposes.get('research')?.retention;
  expect(research?.neverCustomer).toEqual(research?.customer);
});

test('a purpose all of whose bases are assumed states none', () => {
  expect(first.purposes.get('research')?.basesAssumed).toBe(true);
  expect(first.purposes.get('orders')?.basesAssumed).toBe(false);
});
