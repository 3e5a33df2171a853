import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BenchError } from '../bench-error.js';

/** Clock ticks a second in /proc (USER_HZ): 100 on every architecture that Node runs on. */
const TICKS = 100;

/** @throws BenchError where the system has no /proc */
export function requireProc(): void {
  if (!existsSync('/proc/self/stat')) {
    throw new BenchError('This benchmark reads processor time and memory from /proc: run it on Linux.');
  }
}

/** Processor time that a process has used, all its threads, s: utime and stime of /proc/<pid>/stat (proc_pid_stat(5)). */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The second field is the name in parentheses, which may hold anything; the third follows the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** The most memory that a process had resident so far, MiB: VmHWM of /proc/<pid>/status. */
export function peakMemory(pid: number): number {
  const [, kib = 'NaN'] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1024;
}

/** Bytes of the segments that Kafka keeps of the topics, without its indexes. */
export function segmentBytes(kafkaData: string, topics: readonly string[]): number {
  let bytes = 0;
  for (const folder of readdirSync(kafkaData)) {
    if (!topics.includes(folder.replace(/-\d+$/, ''))) continue;
    for (const file of readdirSync(join(kafkaData, folder))) {
      if (file.endsWith('.log')) bytes += statSync(join(kafkaData, folder, file)).size;
    }
  }
  return bytes;
}
