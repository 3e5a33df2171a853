/** Something that is measured: it goes over its items again and again. */
export interface Measured {
  readonly name: string;
  /** Items a pass goes over. */
  readonly items: number;
  /** One pass. It returns what it counted, so that the work cannot be optimised away and is checked every time. */
  readonly pass: () => number | Promise<number>;
  /** What every pass must count. */
  readonly expected: number;
}

/** Microseconds per item. */
export interface Timing {
  readonly name: string;
  readonly items: number;
  readonly passesPerRun: number;
  /** Elapsed, one a run. */
  readonly elapsed: readonly number[];
  /** Processor time of all threads (collection of garbage and compiling included), one a run. */
  readonly cpu: readonly number[];
}

export interface MeasureOptions {
  readonly runs: number;
  /** How long each is warmed up, ms. */
  readonly warmUpMs: number;
  /** About how long a run of each takes, ms. */
  readonly runMs: number;
}

/**
 * Measures several things in turns, so that what else the machine does meets all alike. Each is warmed up first, in
 * turns too: what is measured first must not profit from code that nothing else has used yet.
 *
 * @throws Error where a pass counted something else than expected
 */
export async function measure(list: readonly Measured[], options: MeasureOptions): Promise<Timing[]> {
  const passMs = new Map<Measured, number>();
  for (const part of [0.5, 0.5]) {
    for (const each of list) passMs.set(each, await warmUp(each, options.warmUpMs * part));
  }
  const timings = list.map((each) => ({
    name: each.name,
    items: each.items,
    passesPerRun: Math.max(1, Math.round(options.runMs / (passMs.get(each) ?? 1))),
    elapsed: [] as number[],
    cpu: [] as number[],
  }));
  for (let run = 0; run < options.runs; run++) {
    for (const [i, each] of list.entries()) {
      const timing = timings[i]!;
      const items = each.items * timing.passesPerRun;
      const cpuBefore = process.cpuUsage();
      const started = performance.now();
      for (let pass = 0; pass < timing.passesPerRun; pass++) await once(each);
      timing.elapsed.push(((performance.now() - started) * 1_000) / items);
      const { user, system } = process.cpuUsage(cpuBefore);
      timing.cpu.push((user + system) / items);
    }
  }
  return timings;
}

/** @returns how long the last pass took, ms */
async function warmUp(each: Measured, milliseconds: number): Promise<number> {
  const end = performance.now() + milliseconds;
  for (;;) {
    const started = performance.now();
    await once(each);
    const now = performance.now();
    if (now >= end) return now - started;
  }
}

async function once({ name, pass, expected }: Measured): Promise<void> {
  const result = pass();
  const counted = typeof result === 'number' ? result : await result;
  if (counted !== expected) throw new Error(`${name}: a pass counted ${counted} instead of ${expected}`);
}
