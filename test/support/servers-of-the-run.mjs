/**
 * Jest's global set-up and tear-down for integration tests: one Kafka and one MongoDB for the whole run, or those that
 * KAFKA_BROKERS and MONGODB_URI name. Jest loads this file by itself, not through its transform; so Node reads the
 * TypeScript of the stack, helped to find `./x.ts` where the sources, as usual, import `./x.js`.
 */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const local = specifier.startsWith('.') && context.parentURL?.endsWith('.ts');
    return next(local ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
const { startStack } = await import('../../apps/local/src/stack/stack.ts');
const { progressDisplay } = await import('../../apps/local/src/progress-display.ts');

let stack = null;

export async function start() {
  if (process.env.KAFKA_BROKERS && process.env.MONGODB_URI) return;
  const { onProgress, close } = progressDisplay(process.stderr);
  try {
    stack = await startStack({ onProgress });
  } finally {
    close();
  }
  process.env.KAFKA_BROKERS = stack.kafkaBrokers;
  process.env.MONGODB_URI = stack.mongoUri;
}

export async function stop() {
  await stack?.stop();
}
