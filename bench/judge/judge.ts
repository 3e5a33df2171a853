import { judge, type Judging, type SubjectFacts, type Verdict } from '#libs/judge';
import { BenchError } from '../bench-error.js';
import type { CommonOptions } from '../benchmark.js';
import { keepFigures, printHeading, printTable } from '../report.js';
import { median, significant, spread } from '../statistics.js';
import { cedarEngine } from './cedar.js';
import { jsonRulesEngine } from './json-rules.js';
import { measure, type Measured, type MeasureOptions, type Timing } from './measure.js';
import { ownEngine, questionsOf, type SubsetEngine } from './subset.js';
import { learn, sampleTraffic, type Workload } from './workload.js';

export interface JudgeBenchOptions extends MeasureOptions, CommonOptions {
  readonly seed: number;
  /** Events of sample traffic. */
  readonly events: number;
  /** Events that the other engines are asked about. */
  readonly questions: number;
}

/** Per verdict of the sample traffic, on one core, µs. */
const TARGET = 3;

/** As many events as the auditor takes at once. The whole sample is far larger than any processor's cache. */
const BATCH = 4_096;

/**
 * How long a verdict takes on one core, without any I/O, and how long general engines take for a part of it.
 *
 * @throws BenchError where the engines disagree
 */
export async function benchJudge(options: JudgeBenchOptions): Promise<void> {
  printHeading('Judge: microseconds per event on one core, no I/O');
  const workload = await sampleTraffic(options.seed, options.events);
  const questions = questionsOf(workload.judgings, options.questions);
  const engines = [
    ownEngine(questions),
    cedarEngine(questions),
    jsonRulesEngine(questions, 'purpose'),
    jsonRulesEngine(questions, 'register'),
  ];
  const declared = await agreement(engines, questions.length);

  const own = ownMeasurements(workload);
  const others = engines.map((engine) => asking(engine, questions.length, declared));
  const timings = await measure([...own, ...others], options);
  const ownTimings = timings.slice(0, own.length);
  const engineTimings = timings.slice(own.length);

  const { compliant, violation, gap } = workload.count;
  console.log(
    `${workload.judgings.length} events of sample traffic, seed ${options.seed}: ` +
      `${compliant} compliant, ${violation} violations, ${gap} gaps; medians (least–greatest) of ${options.runs} runs\n`,
  );
  printTable(
    ['whole rule table', 'events', 'µs per event', 'events/s'],
    ownTimings.map((t) => [
      t.name,
      t.items.toLocaleString('en-GB'),
      microseconds(t),
      significant(1e6 / median(t.elapsed)),
    ]),
  );
  console.log(
    `${questions.length} of them, asked of every engine: purpose, basis, categories and recipient declared? ` +
      `${declared} are, all engines agree on each\n`,
  );
  const ours = engineTimings[0]!;
  printTable(
    ['engine', 'judges', 'µs per event', 'times the judge'],
    engineTimings.map((t, i) => [t.name, engines[i]!.rules, microseconds(t), significant(ratio(t, ours))]),
  );
  const mix = median(ownTimings[0]!.elapsed);
  console.log(
    `Target ${TARGET} µs per verdict of the mix: ${mix <= TARGET ? 'met' : 'missed'} (${significant(mix)} µs).`,
  );
  const share = Math.min(...timings.map((t) => median(t.cpu) / median(t.elapsed)));
  if (share < 0.9)
    console.log('The machine was busy with other things: the figures are higher than they would be alone.');
  keepFigures(options.out, 'judge', { options, verdicts: workload.count, declared, timings });
}

/** @returns for how many events all is declared */
async function agreement([first, ...others]: readonly SubsetEngine[], questions: number): Promise<number> {
  let declared = 0;
  for (let i = 0; i < questions; i++) {
    const expected = await first!.answer(i);
    if (expected) declared++;
    for (const engine of others) {
      if ((await engine.answer(i)) === expected) continue;
      throw new BenchError(`${engine.name} answers otherwise than ${first!.name} on event ${i} of the sample traffic.`);
    }
  }
  if (declared === 0 || declared === questions) throw new BenchError('The sample has only one kind of answer.');
  return declared;
}

function ownMeasurements({ judgings, findings, count }: Workload): Measured[] {
  const having = (verdict: Verdict, among = judgings.length): readonly Judging[] =>
    judgings.filter((_, i) => i < among && findings[i]!.verdict === verdict);
  const expected = count.violation + count.gap;
  const batch = judgings.slice(0, BATCH);
  const fired = findings.slice(0, BATCH).filter(({ verdict }) => verdict !== 'compliant').length;
  const violations = having('violation', BATCH);
  return [
    judging('the mix, facts at hand', judgings, expected),
    { name: 'the mix, facts built on the way', items: judgings.length, expected, pass: () => buildAndJudge(judgings) },
    judging('compliant events', having('compliant'), 0),
    judging('violations', having('violation'), count.violation),
    judging('a batch that the cache holds', batch, fired),
    judging('compliant events of the batch', having('compliant', BATCH), 0),
    judging('violations of the batch', violations, violations.length),
  ];
}

function judging(name: string, judgings: readonly Judging[], expected: number): Measured {
  const pass = (): number => {
    let fired = 0;
    for (const each of judgings) if (judge(each).verdict !== 'compliant') fired++;
    return fired;
  };
  return { name, items: judgings.length, expected, pass };
}

function buildAndJudge(judgings: readonly Judging[]): number {
  const known = new Map<string, SubjectFacts>();
  let fired = 0;
  for (const { event, timestamp, registers, law } of judgings) {
    if (judge({ event, timestamp, registers, facts: learn(known, event), law }).verdict !== 'compliant') fired++;
  }
  return fired;
}

function asking(engine: SubsetEngine, items: number, expected: number): Measured {
  return { name: engine.name, items, expected, pass: () => ask(engine, items) };
}

/** Waits only for an engine that makes one wait. */
function ask(engine: SubsetEngine, questions: number): number | Promise<number> {
  let declared = 0;
  for (let i = 0; i < questions; i++) {
    const answer = engine.answer(i);
    if (typeof answer !== 'boolean') return askSlowly(engine, questions);
    if (answer) declared++;
  }
  return declared;
}

async function askSlowly(engine: SubsetEngine, questions: number): Promise<number> {
  let declared = 0;
  for (let i = 0; i < questions; i++) if (await engine.answer(i)) declared++;
  return declared;
}

function microseconds({ elapsed }: Timing): string {
  return spread(elapsed, (value) => value.toFixed(value < 10 ? 2 : 0));
}

/** Median of the ratios run by run: what slows a run down slows both. */
function ratio(timing: Timing, to: Timing): number {
  return median(timing.elapsed.map((value, run) => value / to.elapsed[run]!));
}
