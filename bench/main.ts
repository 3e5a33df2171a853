import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { RegisterError } from '#libs/register';
import { BenchError } from './bench-error.js';
import { benchJudge, type JudgeBenchOptions } from './judge/judge.js';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof BenchError) && !(error instanceof RegisterError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 1;
  }
}

function program(): Command {
  const all = new Command('bench')
    .description('Benchmarks. Ratios within one run are what counts; raw figures are kept under .local/bench/.')
    .exitOverride();
  all
    .command('judge')
    .description('microseconds per verdict on one core, beside json-rules-engine and Cedar on a subset of the rules')
    .option('--events <N>', 'events of sample traffic', whole(100), 50_000)
    .option('--questions <N>', 'events the other engines are asked about', whole(10), 2_000)
    .option('--runs <N>', 'runs of which the median is taken', whole(1), 9)
    .option('--warm-up-ms <N>', 'how long each is warmed up', whole(0), 1_500)
    .option('--run-ms <N>', 'about how long a run of each takes', whole(0), 300)
    .option('--seed <N>', 'seed of the sample traffic', whole(0), 1)
    .option('--smoke', 'tiny sizes: shows that it works, not how fast it is')
    .action((options: JudgeBenchOptions & { smoke?: boolean }) => {
      const tiny = { events: 2_000, questions: 200, runs: 2, warmUpMs: 0, runMs: 0 };
      return benchJudge(options.smoke ? { ...options, ...tiny } : options);
    });
  return all;
}

function whole(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < least || !Number.isSafeInteger(value)) {
      throw new InvalidArgumentError(`It is a whole number from ${least}.`);
    }
    return value;
  };
}
