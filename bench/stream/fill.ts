import { encodeRecord, recordKey, STREAMS, toHeaders, type Stream } from '#libs/events';
import { judge, type SubjectFacts, type Verdict } from '#libs/judge';
import { defaultRegistersDir, loadRegisters, loadTransferLaw } from '#libs/register';
import { keyPartitioner } from '../../apps/local/src/stack/key-partition.js';
import { learn } from '../judge/workload.js';
import { load, type LoadOptions } from './load.js';
import { publish, type TopicRecord } from './publish.js';

export const VERDICTS: readonly Verdict[] = ['compliant', 'violation', 'gap', 'unreadable'];

/** What was written to Kafka, and what is to be found in the end, once every fact is known. */
export interface Filled {
  readonly events: number;
  readonly subjects: number;
  readonly byStream: Readonly<Record<Stream, number>>;
  readonly byVerdict: Readonly<Record<Verdict, number>>;
  /** Mean length of a record's value. */
  readonly valueBytes: number;
  /** By topic and partition, at each offset the index of the verdict in `VERDICTS`. */
  readonly expected: ReadonlyMap<string, readonly number[][]>;
}

export interface FillOptions extends LoadOptions {
  readonly partitions: number;
  /** Whether records carry the CloudEvents headers of `libs/publisher`, some 250 bytes each. */
  readonly headers: boolean;
}

/** Writes the load to the four empty topics, keyed and partitioned as publishers do, in order. */
export async function fill(broker: string, options: FillOptions, signal: AbortSignal): Promise<Filled> {
  const registers = await loadRegisters(defaultRegistersDir());
  const law = loadTransferLaw();
  const known = new Map<string, SubjectFacts>();
  for (const { event } of load(options)) learn(known, event);
  const byStream = Object.fromEntries(STREAMS.map((stream) => [stream, 0])) as Record<Stream, number>;
  const byVerdict = { compliant: 0, violation: 0, gap: 0, unreadable: 0 };
  const partitions = (): number[][] => Array.from({ length: options.partitions }, () => []);
  const expected = new Map<string, number[][]>(STREAMS.map((stream) => [stream, partitions()]));
  const partitionOf = keyPartitioner(options.partitions);
  let bytes = 0;

  function* records(): Generator<TopicRecord> {
    for (const { event, timestamp } of load(options)) {
      const key = recordKey(event.event);
      const { verdict } = judge({ event, timestamp, registers, facts: known.get(key)!, law });
      const partition = partitionOf(event.stream, key);
      const value = encodeRecord(event);
      const headers = options.headers ? { headers: { ...toHeaders(event) } } : {};
      expected.get(event.stream)![partition]!.push(VERDICTS.indexOf(verdict));
      byStream[event.stream]++;
      byVerdict[verdict]++;
      bytes += value.length;
      const message = { key, value, partition, timestamp: String(timestamp), ...headers };
      yield { topic: event.stream, message };
    }
  }
  await publish(broker, records(), signal);
  const { events } = options;
  return { events, subjects: known.size, byStream, byVerdict, valueBytes: bytes / events, expected };
}
