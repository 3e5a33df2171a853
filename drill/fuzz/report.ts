import type { FuzzOutcome } from './fuzz.js';

/** What came of fuzzing, in lines. */
export function fuzzReport(outcome: FuzzOutcome, seed: number): string {
  const { records, unreadable, checked, seconds, memory, erased, questions, faults } = outcome;
  const share = (count: number): string => `${((100 * count) / Math.max(1, records)).toFixed(1)} %`;
  const lines = [
    `records          ${records} (seed ${seed}); ${share(records - unreadable)} of them can be read`,
    `entries          ${checked.entries}, and ${checked.amendments} amendments, ${checked.duties} duties`,
    `dead letters     ${checked.deadLetters} for ${unreadable} unreadable records`,
    `time             ${seconds.toFixed(0)} s, ${(records / seconds).toFixed(0)} records/s, published meanwhile`,
    `schema registry  asked ${questions} times`,
    ...memory.map(
      ({ name, flatness: { median, most, growth, allowed } }) =>
        `memory           ${name.padEnd(10)} ${median.toFixed(0)} MiB, at most ${most.toFixed(0)}; ` +
        `grew by ${growth.toFixed(0)} over the second half (allowed: ${allowed.toFixed(0)})`,
    ),
    `people           ${erased} looked up, erased and not found again`,
    ...faults.map((fault) => `!! ${fault}`),
    faults.length === 0
      ? 'No crash, no stop, memory flat, each record exactly one entry; the trail is proved.'
      : `${faults.length} things are not as they should be.`,
  ];
  return `${lines.join('\n')}\n`;
}
