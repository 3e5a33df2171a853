import type { Services } from '../../apps/local/src/services.js';
import type { Point } from './flatness.js';
import { processUsage } from './process-usage.js';

const EVERY_MS = 1_000;

/** Looks at the memory of running services once a second. */
export class MemoryWatch {
  private readonly series = new Map<string, Point[]>();
  private readonly started = performance.now();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly services: Pick<Services, 'pids'>) {
    this.timer = setInterval(() => this.look(), EVERY_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Resident memory by the time since the start, in MiB and s, by service. */
  points(): { readonly name: string; readonly points: readonly Point[] }[] {
    return [...this.series].map(([name, points]) => ({ name, points }));
  }

  private look(): void {
    const at = (performance.now() - this.started) / 1_000;
    for (const [name, pid] of Object.entries(this.services.pids())) {
      const usage = processUsage(pid);
      if (usage === null) continue;
      const points = this.series.get(name) ?? [];
      this.series.set(name, points);
      points.push([at, usage.rssMib]);
    }
  }
}
