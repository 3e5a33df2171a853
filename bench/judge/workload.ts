import { decodeRecord, encodeRecord, recordKey, WriterSchemas, type StreamEvent } from '#libs/events';
import { factOf, judge, sameFinding, SubjectFacts, type Finding, type Judging, type Verdict } from '#libs/judge';
import { defaultRegistersDir, loadRegisters, loadTransferLaw } from '#libs/register';
import { createTraffic } from '../../apps/local/src/traffic/traffic.js';
import { BenchError } from '../bench-error.js';

/** Sample traffic of all controllers, ready to be judged, and what is to come of it. */
export interface Workload {
  readonly judgings: readonly Judging[];
  /** In step with `judgings`. */
  readonly findings: readonly Finding[];
  readonly count: Readonly<Record<Verdict, number>>;
}

/** The end of the sample traffic: fixed, so that a seed gives the same events on any day. */
const NOW = Date.UTC(2026, 0, 1);

/**
 * Makes the events and judges them once, as they come: each with the facts known by then. They are what the decoder
 * makes of their bytes, with strings of their own, as in the auditor. The judgings that are given back have their
 * subjects' facts in full, of which the judge counts those not later than the event; both ways must come to the same
 * findings.
 *
 * @throws BenchError where they do not
 */
export async function sampleTraffic(seed: number, count: number): Promise<Workload> {
  const registers = await loadRegisters(defaultRegistersDir());
  const law = loadTransferLaw();
  const facts = new Map<string, SubjectFacts>();
  const judgings: Judging[] = [];
  const findings: Finding[] = [];
  const writers = new WriterSchemas();
  for (const made of createTraffic({ seed, now: NOW }).take(count)) {
    const event = decoded(made, writers);
    const judging = { event, timestamp: event.event.occurredAt, registers, facts: learn(facts, event), law };
    judgings.push(judging);
    findings.push(judge(judging));
  }
  const different = judgings.filter((judging, i) => !sameFinding(judge(judging), findings[i]!)).length;
  if (different > 0) throw new BenchError(`${different} findings come out different once all facts are known.`);
  const counts = { compliant: 0, violation: 0, gap: 0, unreadable: 0 };
  for (const { verdict } of findings) counts[verdict]++;
  return { judgings, findings, count: counts };
}

function decoded(event: StreamEvent, writers: WriterSchemas): StreamEvent {
  const again = decodeRecord(encodeRecord(event), writers);
  if (!again.ok) throw new BenchError(`An event of the sample traffic cannot be read back: ${again.fault}`);
  return again.event;
}

/** Looks the event's subject up, or begins it, and adds the event's own fact. */
export function learn(known: Map<string, SubjectFacts>, event: StreamEvent): SubjectFacts {
  const key = recordKey(event.event);
  let facts = known.get(key);
  if (facts === undefined) {
    facts = new SubjectFacts();
    known.set(key, facts);
  }
  const fact = factOf(event);
  if (fact !== null) facts.add(fact);
  return facts;
}
