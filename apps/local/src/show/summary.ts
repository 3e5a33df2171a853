import { styleText } from 'node:util';
import type { VerifyReport } from '#libs/trail';
import type { Counts, TrailWatch } from '../trail-watch.js';
import { number, ruleTable, verdictTable } from './tables.js';

export interface Result {
  /** Events that Kafka acknowledged. */
  readonly published: number;
  /** Records that Kafka took in meanwhile. */
  readonly records: number;
  readonly coverage: ReturnType<TrailWatch['coverage']>;
  readonly counts: Counts;
  readonly later: TrailWatch['later'];
  /** The proof of the whole trail, as `hjemmel verify` makes it. */
  readonly proof: VerifyReport;
}

/** The end of `npm start -- --once`: figures, and whether every published event has exactly one entry. */
export function summary({ published, records, coverage, counts, later, proof }: Result): {
  text: string;
  good: boolean;
} {
  const unproved = proof.faultCount - proof.faults.length;
  const faults = [
    ...(records === published
      ? []
      : [`${number(published)} events were published, but Kafka has ${number(records)} records of them`]),
    ...(coverage.missing === 0 ? [] : [`${number(coverage.missing)} records have no entry`]),
    ...(coverage.repeated === 0 ? [] : [`${number(coverage.repeated)} records have more than one entry`]),
    ...proof.faults.map(({ where, message }) => `${where}: ${message}`),
    ...(unproved === 0 ? [] : [`and ${number(unproved)} faults more; hjemmel verify tells them`]),
  ];
  const good = faults.length === 0;
  const judged = coverage.once + coverage.repeated;
  const lines = [
    '',
    `events published   ${number(published)}`,
    `events judged      ${number(judged)}`,
    `events durable     ${number(judged)}   (majority of the replica set, journalled)`,
    `found later        ${number(later.amendments)} of them amended, as events came late; ${number(later.duties)} duties overdue`,
    `whole trail        ${number(proof.size - proof.minimumIndex)} entries in ${number(proof.blocks)} blocks, hashes and offsets checked`,
    `signed log         ${number(proof.last?.size ?? 0)} entries under the newest of ${number(proof.checkpoints)} checkpoints, all proved`,
    '',
    verdictTable(counts),
    '',
    ruleTable(counts),
    '',
    good
      ? styleText('green', 'Every published event has exactly one entry in the trail.')
      : [styleText('red', 'The trail is not as it must be:'), ...faults.map((fault) => `  ${fault}`)].join('\n'),
  ];
  return { text: lines.join('\n'), good };
}
