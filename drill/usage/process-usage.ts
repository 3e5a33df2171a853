import { readdirSync, readFileSync } from 'node:fs';

/** What a process holds at a moment. */
export interface ProcessUsage {
  /** Resident memory, MiB (VmRSS of proc_pid_status(5)). */
  readonly rssMib: number;
  /** Open file descriptors. */
  readonly handles: number;
  readonly threads: number;
}

/** null where there is no such process (any more), or no /proc. */
export function processUsage(pid: number): ProcessUsage | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return {
      rssMib: Math.round(numberIn(status, /^VmRSS:\s+(\d+) kB$/m) / 102.4) / 10,
      handles: readdirSync(`/proc/${pid}/fd`).length,
      threads: numberIn(status, /^Threads:\s+(\d+)$/m),
    };
  } catch {
    return null;
  }
}

function numberIn(text: string, pattern: RegExp): number {
  return Number(pattern.exec(text)?.[1] ?? NaN);
}
