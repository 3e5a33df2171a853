import { describe, expect, test } from '@jest/globals';
import { SettingsError } from '#libs/service';
import { readSettings } from './settings.js';

const GOOD = {
  KAFKA_BROKERS: 'a:9092, b:9093',
  MONGODB_URI: 'mongodb://m/hjemmel',
  HJEMMEL_VAULT_KEY: 'ab'.repeat(32),
};

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
    expect(readSettings(GOOD)).toMatchObject({
      stream: {
        kafka: { brokers: ['a:9092', 'b:9093'], ssl: false, sasl: null },
        topics: ['orders', 'marketing', 'sharing', 'rights'],
        groupId: 'hjemmel-auditor',
      },
      mongodbUri: 'mongodb://m/hjemmel',
      vaultKeys: [{ key: Buffer.alloc(32, 0xab) }],
      deadLetterTopic: 'hjemmel.dead-letter',
      schemaRegistryUrl: null,
      maxRecordBytes: 1_048_576,
      registers: null,
      registersPollMs: 5_000,
      sweepEveryMs: 60_000,
      cacheSubjects: 500_000,
      port: null,
    });
  });

  test('takes SASL settings together', () => {
    const env = { ...GOOD, KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', KAFKA_SASL_USERNAME: 'u', KAFKA_SASL_PASSWORD: 'p' };
    expect(readSettings(env).stream.kafka.sasl).toEqual({ mechanism: 'scram-sha-512', username: 'u', password: 'p' });
  });

  test.each<[string, Record<string, string>, string]>([
    ['no brokers', { KAFKA_BROKERS: '' }, 'KAFKA_BROKERS is not set'],
    ['a broker without a port', { KAFKA_BROKERS: 'a' }, '`a` is not of the form host:port'],
    ['no MongoDB', { MONGODB_URI: '' }, 'MONGODB_URI is not set'],
    ['no key of the vault', { HJEMMEL_VAULT_KEY: '' }, 'HJEMMEL_VAULT_KEY is not set'],
    ['a key of another length', { HJEMMEL_VAULT_KEY: 'hunter2' }, 'HJEMMEL_VAULT_KEY: is not 32 bytes'],
    ['another kind of database', { MONGODB_URI: 'postgres://x' }, 'MONGODB_URI does not begin with'],
    [
      'a record size that is too small',
      { HJEMMEL_MAX_RECORD_BYTES: '1023' },
      'HJEMMEL_MAX_RECORD_BYTES must be a whole',
    ],
    ['one that is too large', { HJEMMEL_MAX_RECORD_BYTES: '16777217' }, 'must be a whole number from 1024 to 16777216'],
    ['no URL', { SCHEMA_REGISTRY_URL: 'registry' }, 'SCHEMA_REGISTRY_URL is no http'],
    ['an unknown mechanism', { KAFKA_SASL_MECHANISM: 'gssapi' }, 'KAFKA_SASL_MECHANISM must be one of'],
    ['a user without a password', { KAFKA_SASL_USERNAME: 'u' }, 'KAFKA_SASL_PASSWORD is not set'],
    ['neither true nor false', { KAFKA_SSL: 'yes' }, 'KAFKA_SSL must be true or false'],
    ['a port out of range', { PORT: '70000' }, 'PORT must be a whole number from 0 to 65535'],
    ['a bad topic name', { HJEMMEL_TOPIC_ORDERS: 'a b' }, '`a b` is no name of a Kafka topic'],
    [
      'a cache that holds next to nothing',
      { HJEMMEL_CACHE_SUBJECTS: '10' },
      'HJEMMEL_CACHE_SUBJECTS must be a whole number from 1',
    ],
    ['sweeps without a pause', { HJEMMEL_SWEEP_SECONDS: '0' }, 'HJEMMEL_SWEEP_SECONDS must be a whole number from 1'],
    ['one topic for two streams', { HJEMMEL_TOPIC_ORDERS: 'rights' }, 'name the same topic'],
    ['dead letters that are read', { HJEMMEL_TOPIC_DEAD_LETTER: 'orders' }, 'names a topic that is read'],
  ])('refuses %s', (_, env, fault) => {
    expect(faults({ ...GOOD, ...env })).toContainEqual(expect.stringContaining(fault));
  });

  test('tells all faults at once, and no secret', () => {
    const told = faults({
      MONGODB_URI: 'monogdb://me:hunter2@m',
      KAFKA_BROKERS: 'a',
      KAFKA_SASL_PASSWORD: 'hunter2',
      HJEMMEL_VAULT_KEY: `hunter2,${'ab'.repeat(32)}`,
      SCHEMA_REGISTRY_URL: 'ftp://me:hunter2@r',
    });
    expect(told.length).toBeGreaterThanOrEqual(5);
    expect(told.join()).not.toContain('hunter2');
  });
});
