import { describe, expect, test } from '@jest/globals';
import { NoRole, personFrom } from './claims.js';

const names = { rolesClaim: 'hjemmel_roles', controllersClaim: 'hjemmel_controllers' };
const person = (claims: object) => personFrom({ sub: 's', hjemmel_roles: ['officer'], ...claims }, names);

describe('roles', () => {
  test.each([
    ['a list', ['officer', 'dashboard'], ['dashboard', 'officer']],
    ['one text', 'admin', ['admin']],
    ['a text of several', 'admin, officer', ['officer', 'admin']],
    ['unknown ones beside', ['root', 'investigator', 7, null], ['investigator']],
  ])('%s', (_, given, roles) => {
    expect([...person({ hjemmel_roles: given }).roles]).toEqual(roles);
  });

  test.each([
    [undefined, 'the claim `hjemmel_roles` of its token is missing.'],
    [[], 'the claim `hjemmel_roles` of its token carries none of them.'],
    ['', 'carries none of them.'],
    [['Officer', 'root', '__proto__', 'constructor'], 'carries none of them.'],
    [{ officer: true }, 'carries none of them.'],
    [true, 'carries none of them.'],
  ])('%j is none', (given, sentence) => {
    expect(() => person({ hjemmel_roles: given })).toThrow(NoRole);
    expect(() => person({ hjemmel_roles: given })).toThrow(sentence);
    expect(() => person({ hjemmel_roles: given })).toThrow('dashboard, officer, investigator, admin');
  });

  test('come from the claim that the settings name', () => {
    const claims = { sub: 's', hjemmel_roles: ['admin'], 'https://x.example/roles': ['dashboard'] };
    expect([...personFrom(claims, { ...names, rolesClaim: 'https://x.example/roles' }).roles]).toEqual(['dashboard']);
  });
});

test('nobody speaks as Hjemmel itself', () => {
  expect(() => person({ sub: 'hjemmel' })).toThrow('No account may have the subject `hjemmel`');
  expect(person({ sub: 'hjemmel-program' }).subject).toBe('hjemmel-program');
});

describe('controllers', () => {
  test.each([
    ['a list', ['janus', 'jetpak'], ['janus', 'jetpak']],
    ['a text', 'janus jetpak', ['janus', 'jetpak']],
    ['nothing', undefined, []],
    ['no texts', [1, null, { janus: 1 }], []],
    ['part of a name', ['jan*'], ['jan*']],
  ])('%s', (_, given, controllers) => {
    expect(person({ hjemmel_controllers: given }).controllers).toEqual(new Set(controllers));
  });

  test.each(['*', ['*'], ['janus', '*']])('%j: all', (given) => {
    expect(person({ hjemmel_controllers: given }).controllers).toBe('all');
  });
});

test.each([
  [{ name: 'Kari Nordmann', preferred_username: 'kari' }, 'Kari Nordmann'],
  [{ name: ' ', preferred_username: 'kari' }, 'kari'],
  [{ name: 7 }, 's'],
])('of %j the name is %s', (claims, name) => {
  expect(person(claims)).toMatchObject({ subject: 's', name });
});
