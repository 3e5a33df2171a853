import { CommanderError } from 'commander';
import { RegisterError, defaultRegistersDir, loadRegisters, type Registers } from '#libs/register';
import { readOptions, type Options } from './options.js';
import { progressDisplay } from './progress-display.js';
import { run } from './run.js';
import { sameForAll, type Servers } from './service-specs.js';
import { localFolder } from './stack/paths.js';
import { StackError } from './stack/stack-error.js';
import { startStack } from './stack/stack.js';

/** A second Ctrl-C this long after the first is meant: one press may arrive twice, through npm and the terminal. */
const REPEAT_MS = 2_000;

const stopping = new AbortController();
let askedAt = Infinity;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (Date.now() - askedAt > REPEAT_MS) process.exit(1);
    if (askedAt === Infinity) process.stderr.write('\nStopping …\n');
    askedAt = Math.min(askedAt, Date.now());
    stopping.abort();
  });
}

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const options = readOptions(process.argv.slice(2));
    // Before any server is started: a broken register is told at once.
    const registers = await loadRegisters(process.env['HJEMMEL_REGISTERS'] || defaultRegistersDir());
    const { KAFKA_BROKERS: kafkaBrokers, MONGODB_URI: mongoUri } = process.env;
    if (kafkaBrokers && mongoUri) return await runOn(sameForAll(kafkaBrokers, mongoUri), options, registers);
    if (kafkaBrokers || mongoUri) {
      const missing = kafkaBrokers ? 'MONGODB_URI' : 'KAFKA_BROKERS';
      throw new StackError(`${missing} is not set: set both to use your own servers, or none to use local ones.`);
    }
    return await runLocally(options, registers);
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof StackError) && !(error instanceof RegisterError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

async function runLocally(options: Options, registers: Registers): Promise<number> {
  const { onProgress, close } = progressDisplay(process.stderr);
  try {
    const stack = await startStack({
      dir: options.data,
      onProgress,
      onServerExit: (message) => {
        process.stderr.write(`${message}\n`);
        stopping.abort();
      },
      signal: stopping.signal,
      ...(options.partitions === null ? {} : { partitions: options.partitions }),
    });
    try {
      return await run(stack, options, registers, options.data, onProgress, stopping.signal);
    } finally {
      await stack.stop();
    }
  } finally {
    close();
  }
}

async function runOn(servers: Servers, options: Options, registers: Registers): Promise<number> {
  const { onProgress, close } = progressDisplay(process.stderr);
  try {
    return await run(servers, options, registers, localFolder, onProgress, stopping.signal);
  } finally {
    close();
  }
}
