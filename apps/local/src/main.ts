import { join } from 'node:path';
import { progressDisplay } from './progress-display.js';
import { localFolder } from './stack/paths.js';
import { StackError } from './stack/stack-error.js';
import { startStack } from './stack/stack.js';

/** A second Ctrl-C this long after the first is meant: one press may arrive twice, through npm and the terminal. */
const REPEAT_MS = 2_000;

const stopping = new AbortController();
const stopAsked = new Promise<void>((resolve) => {
  stopping.signal.addEventListener('abort', () => resolve());
});
let askedAt = Infinity;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (Date.now() - askedAt > REPEAT_MS) process.exit(1);
    askedAt = Math.min(askedAt, Date.now());
    stopping.abort();
  });
}

process.exitCode = await main();

async function main(): Promise<number> {
  const { onProgress, close } = progressDisplay(process.stderr);
  try {
    const stack = await startStack({
      dir: join(localFolder, 'data'),
      onProgress,
      onServerExit: (message) => {
        process.stderr.write(`${message}\n`);
        stopping.abort();
      },
      signal: stopping.signal,
    });
    console.log(`Kafka    ${stack.kafkaBrokers}\nMongoDB  ${stack.mongoUri}\n\nPress Ctrl-C to stop.`);
    await stopAsked;
    console.log('Stopping …');
    await stack.stop();
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    if (!(error instanceof StackError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  } finally {
    close();
  }
}
