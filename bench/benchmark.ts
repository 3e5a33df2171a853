import type { Command, Option } from 'commander';
import { defaultFolder } from './report.js';

/** Options of every benchmark. */
export interface CommonOptions {
  /** Folder for the raw figures. */
  readonly out: string;
  /** Whether it is only to show that it works, and need not be as fast as it can be. */
  readonly smoke?: boolean;
}

/** A benchmark, as the command line has it. */
export interface Benchmark<T extends CommonOptions> {
  readonly name: string;
  readonly description: string;
  /** Those that are not common to all. */
  readonly options: readonly Option[];
  /** What `--smoke` puts in the place of options that are given. */
  readonly tiny: NoInfer<Partial<T>>;
  readonly run: (options: T, signal: AbortSignal) => Promise<void>;
}

/** Adds a benchmark as a command. */
export function addBenchmark<T extends CommonOptions>(
  all: Command,
  signal: AbortSignal,
  benchmark: Benchmark<T>,
): void {
  const { name, description, options, tiny, run } = benchmark;
  const command = all.command(name).description(description);
  for (const option of options) command.addOption(option);
  command
    .option('--out <DIR>', 'folder for the raw figures', defaultFolder)
    .option('--smoke', 'tiny sizes: shows that it works, not how fast it is')
    .action((given: T) => run(given.smoke === true ? { ...given, ...tiny } : given, signal));
}
