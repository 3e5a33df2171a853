import { describe, expect, test } from '@jest/globals';
import { MongoClient } from 'mongodb';
import { actorUri, databaseOf } from './connection-string.js';

test.each([
  ['mongodb://h', null],
  ['mongodb://h/', null],
  ['mongodb://h/?authSource=admin', null],
  ['mongodb://root:p%2Fw@h:1,i:2/admin?replicaSet=r', null],
  ['mongodb://root:pw@h:1,i:2/audit?replicaSet=r', 'audit'],
  ['mongodb+srv://root:pw@cluster.example/a%20b', 'a b'],
])('the database of %s is %s', (uri, database) => {
  expect(databaseOf(uri)).toBe(database);
});

describe('actorUri', () => {
  test.each([
    [
      'mongodb://root:pw@h:1,i:2/?replicaSet=r&authSource=admin&tls=true',
      'mongodb://hjemmel-api:s%40c%2Fret@h:1,i:2/audit?replicaSet=r&tls=true&authSource=audit',
    ],
    ['mongodb://h', 'mongodb://hjemmel-api:s%40c%2Fret@h/audit?authSource=audit'],
    [
      'mongodb+srv://root@cluster.example/admin?authMechanism=SCRAM-SHA-1',
      'mongodb+srv://hjemmel-api:s%40c%2Fret@cluster.example/audit?authSource=audit',
    ],
  ])('of %s', (uri, expected) => {
    const made = actorUri(uri, 'api', 'audit', 's@c/ret');
    expect(made).toBe(expected);
    const { credentials, dbName } = new MongoClient(made).options;
    expect(credentials).toMatchObject({ username: 'hjemmel-api', password: 's@c/ret', source: 'audit' });
    expect(dbName).toBe('audit');
  });
});
