import type { Stack } from '../../apps/local/src/stack/stack.js';
import { ASSIGNED, ConsumerProcess, type LogLine } from './consumer-process.js';
import { cpuSeconds, peakMemory } from './usage.js';

/** What one consumer did in one run. */
export interface Trial {
  readonly events: number;
  /** From the assignment of all partitions until the last event was done. */
  readonly seconds: number;
  /** Processor time of each process from the assignment to the end of the run, s. */
  readonly cpu: Usage;
  /** The most memory each had resident since its start, MiB; the servers live through all runs. */
  readonly peakMiB: Usage;
}

/** By process. `notary`: 0 where none is at work. */
export interface Usage {
  /** Of all processes of the consumer together. */
  readonly consumer: number;
  readonly notary: number;
  readonly kafka: number;
  readonly mongod: number;
}

export interface TrialSetup {
  readonly stack: Stack;
  readonly name: string;
  /** Compiled file, relative to `dist`. */
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
  /** How many processes of it share the partitions; default 1. */
  readonly processes?: number;
  /** At work beside the consumer. */
  readonly notary?: ConsumerProcess;
  /** Where to write a profile of the (first) consumer's processor time; left out: none is made. */
  readonly profile?: string;
  readonly signal: AbortSignal;
  /** Resolves when the last event is done, with how many there were and when, ms since the epoch. */
  readonly finished: (lines: (msg: string) => Promise<LogLine>) => Promise<{ count: number; time: number }>;
}

/** Runs one consumer in processes of its own, from their start until its events are done, and ends them. */
export async function trial(setup: TrialSetup): Promise<Trial> {
  const { stack, name, program, env, processes = 1, notary, profile, signal, finished } = setup;
  const own = { KAFKA_BROKERS: stack.kafkaBrokers, ...env };
  const first = new ConsumerProcess(name, program, own, signal, profile);
  const others = Array.from({ length: processes - 1 }, () => new ConsumerProcess(name, program, own, signal));
  const all = [first, ...others];
  try {
    const assigned = Promise.all(all.map((each) => each.whileRunning(each.line(ASSIGNED))));
    const finish = finished((msg) => first.line(msg));
    finish.catch(() => undefined); // awaited below
    const used = (of: (pid: number) => number): Usage => ({
      consumer: all.reduce((sum, { pid }) => sum + of(pid), 0),
      notary: notary === undefined ? 0 : of(notary.pid),
      kafka: of(stack.kafka.pid!),
      mongod: of(stack.mongodb.pid!),
    });
    const started = Math.max(...(await assigned).map(({ time }) => time));
    const before = used(cpuSeconds);
    const { count, time } = await Promise.race(all.map((each) => each.whileRunning(finish)));
    const after = used(cpuSeconds);
    return {
      events: count,
      seconds: (time - started) / 1_000,
      cpu: {
        consumer: after.consumer - before.consumer,
        notary: after.notary - before.notary,
        kafka: after.kafka - before.kafka,
        mongod: after.mongod - before.mongod,
      },
      peakMiB: used(peakMemory),
    };
  } finally {
    await Promise.all(all.map((each) => each.stop()));
  }
}
