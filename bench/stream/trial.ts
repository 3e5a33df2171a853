import type { Stack } from '../../apps/local/src/stack/stack.js';
import { ASSIGNED, ConsumerProcess, type LogLine } from './consumer-process.js';
import { cpuSeconds, peakMemory } from './usage.js';

/** What one consumer did in one run. */
export interface Trial {
  readonly events: number;
  /** From the assignment of its partitions until the last event was done. */
  readonly seconds: number;
  /** Processor time in these seconds, s. */
  readonly cpu: { readonly consumer: number; readonly kafka: number; readonly mongod: number };
  /** The most memory the consumer had resident, MiB. */
  readonly peakMiB: number;
}

export interface TrialSetup {
  readonly stack: Stack;
  readonly name: string;
  /** Compiled file, relative to `dist`. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Resolves when the last event is done, with how many there were and the time, ms since the epoch. */
  readonly finished: (lines: (msg: string) => Promise<LogLine>) => Promise<{ count: number; time: number }>;
}

/** Runs one consumer in a process of its own, from its start until its events are done, and ends it. */
export async function trial({ stack, name, program, env, signal, finished }: TrialSetup): Promise<Trial> {
  const consumer = new ConsumerProcess(name, program, { KAFKA_BROKERS: stack.kafkaBrokers, ...env }, signal);
  try {
    const assigned = consumer.line(ASSIGNED);
    const finish = finished((msg) => consumer.line(msg));
    finish.catch(() => undefined); // awaited below
    const used = (): Trial['cpu'] => ({
      consumer: cpuSeconds(consumer.pid),
      kafka: cpuSeconds(stack.kafka.pid!),
      mongod: cpuSeconds(stack.mongodb.pid!),
    });
    const { time: started } = await consumer.whileRunning(assigned);
    const before = used();
    const { count, time } = await consumer.whileRunning(finish);
    const after = used();
    return {
      events: count,
      seconds: (time - started) / 1_000,
      cpu: {
        consumer: after.consumer - before.consumer,
        kafka: after.kafka - before.kafka,
        mongod: after.mongod - before.mongod,
      },
      peakMiB: peakMemory(consumer.pid),
    };
  } finally {
    await consumer.stop();
  }
}
