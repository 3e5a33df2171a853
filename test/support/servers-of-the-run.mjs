/**
 * Jest's global set-up and tear-down for integration tests: one Kafka and one MongoDB for the whole run, or those that
 * KAFKA_BROKERS and MONGODB_URI name. Jest loads this file by itself, not through its transform.
 */
import './typescript.mjs';

const { archiveKafkaClasses } = await import('../../apps/local/src/stack/class-archive.ts');
const { startStack } = await import('../../apps/local/src/stack/stack.ts');
const { progressDisplay } = await import('../../apps/local/src/progress-display.ts');

let stack = null;

export async function start() {
  if (process.env.KAFKA_BROKERS && process.env.MONGODB_URI) return;
  const { onProgress, close } = progressDisplay(process.stderr);
  try {
    // Some suites start Kafkas of their own, dozens in all.
    await archiveKafkaClasses({ onProgress });
    // Fail points, which need the test commands, hold up or fail what a test chooses.
    stack = await startStack({ onProgress, mongoArgs: ['--setParameter', 'enableTestCommands=1'] });
  } finally {
    close();
  }
  process.env.KAFKA_BROKERS = stack.kafkaBrokers;
  process.env.MONGODB_URI = stack.mongoUri;
}

export async function stop() {
  await stack?.stop();
}
