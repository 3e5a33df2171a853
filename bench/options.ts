import { Option } from 'commander';
import { whole } from '../apps/local/src/whole-number.js';

/** A whole number; `usual` where none is given. */
export function count(name: string, description: string, usual: number, least = 1): Option {
  return new Option(`--${name} <N>`, description).argParser(whole(least)).default(usual);
}

/** Whole numbers from 1, separated by commas. */
export function counts(name: string, description: string, usual: readonly number[]): Option {
  const read = whole(1);
  const parse = (text: string): number[] => text.split(',').map((each) => read(each.trim()));
  return new Option(`--${name} <LIST>`, description).argParser(parse).default(usual);
}

/** Off unless it is given. */
export function flag(name: string, description: string): Option {
  return new Option(`--${name}`, description).default(false);
}

/** Events that are all there before the first one is read. */
export function events(usual: number): Option {
  return count('events', 'events in the four topics', usual, 100);
}

/** How many data subjects the events are about. */
export function subjects(): Option {
  return count('subjects', 'data subjects they are drawn for by Zipf’s law', 200_000);
}

/** As many for each of the four topics. */
export function partitions(): Option {
  return count('partitions', 'partitions of each topic', 4);
}

/** How often each contestant is measured. */
export function runs(usual: number): Option {
  return count('runs', 'runs of which the median is taken', usual);
}

/** @param of what comes out the same again with the same seed */
export function seed(of: string): Option {
  return count('seed', `seed of the ${of}`, 1, 0);
}

/**
 * The size of a log whose entries are made up.
 *
 * @param entries what those entries are to the benchmark
 */
export function syntheticLog(entries: string): Option[] {
  return [
    count('entries', entries, 1_000_000),
    count('block-entries', 'entries of each block', 2_000),
    count('tasks', 'tasks that the blocks are of', 8),
  ];
}
