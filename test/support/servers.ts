import { randomBytes } from 'node:crypto';
import { basename } from 'node:path';
import { expect } from '@jest/globals';

/** The servers of the test run, with names that no other test file uses. */
export interface TestServers {
  /** As KAFKA_BROKERS takes it. */
  readonly kafkaBrokers: string;
  /** The administrator's, as MONGODB_URI takes it; put your database in the path. */
  readonly mongoUri: string;
  /** This test file's own database. */
  readonly database: string;
  /** To begin the names of this test file's own topics and consumer groups with. */
  readonly topicPrefix: string;
}

/**
 * The Kafka and MongoDB that all integration tests of a run share. Each call gives new names, so a test file calls it
 * once, or once per test that wants to start empty. The stack's own topics are not for tests: create topics with the
 * prefix.
 */
export function testServers(): TestServers {
  const { KAFKA_BROKERS, MONGODB_URI } = process.env;
  if (!KAFKA_BROKERS || !MONGODB_URI) {
    throw new Error('This test needs servers: name it *.int.spec.ts, so that jest starts them.');
  }
  const file = basename(expect.getState().testPath ?? 'test').replace(/\.int\.spec\.ts$/, '');
  // From an earlier run on the same servers something may have stayed; MongoDB allows 63 characters.
  const name = `${file.replaceAll(/[^a-z0-9]+/gi, '-').slice(0, 40)}-${randomBytes(4).toString('hex')}`;
  return { kafkaBrokers: KAFKA_BROKERS, mongoUri: MONGODB_URI, database: name, topicPrefix: `${name}.` };
}
