import { styleText } from 'node:util';
import type { Checkpoint } from '#libs/log';
import type { Account } from '#libs/trail';
import type { Counts, TrailWatch } from '../trail-watch.js';
import { number, ruleTable, verdictTable } from './tables.js';

export interface Result {
  /** Events that Kafka acknowledged. */
  readonly published: number;
  /** Records that Kafka took in meanwhile. */
  readonly records: number;
  readonly coverage: ReturnType<TrailWatch['coverage']>;
  readonly counts: Counts;
  /** The check of the whole trail: chain, hashes, every offset in exactly one block. */
  readonly account: Account;
  /** The newest checkpoint, which covers all of it; null: there is none. */
  readonly log: Checkpoint | null;
}

/** The end of `npm start -- --once`: figures, and whether every published event has exactly one entry. */
export function summary({ published, records, coverage, counts, account, log }: Result): {
  text: string;
  good: boolean;
} {
  const faults = [
    ...(records === published
      ? []
      : [`${number(published)} events were published, but Kafka has ${number(records)} records of them`]),
    ...(coverage.missing === 0 ? [] : [`${number(coverage.missing)} records have no entry`]),
    ...(coverage.repeated === 0 ? [] : [`${number(coverage.repeated)} records have more than one entry`]),
    ...account.faults,
  ];
  const good = faults.length === 0;
  const judged = coverage.once + coverage.repeated;
  const lines = [
    '',
    `events published   ${number(published)}`,
    `events judged      ${number(judged)}`,
    `events durable     ${number(judged)}   (majority of the replica set, journalled)`,
    `whole trail        ${number(account.entries)} entries in ${number(account.blocks)} blocks, hashes and offsets checked`,
    `signed log         ${log === null ? 'no checkpoint' : `${number(log.size)} entries under the newest checkpoint of ${log.origin}`}`,
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
