import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from './process-identity.js';

const POLL_MS = 50;

/** Notes in `file` which process it stands for. A process that is gone already leaves no note. */
export function writePidFile(file: string, pid: number): void {
  const identity = identify(pid);
  if (identity !== null) writeFileSync(file, JSON.stringify(identity));
}

export function removePidFile(file: string): void {
  rmSync(file, { force: true });
}

/** The process noted in `file` if it still runs, else null. */
export function processIn(file: string): ProcessIdentity | null {
  let identity: ProcessIdentity;
  try {
    identity = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return null; // no note, or one that a crash cut short
  }
  return isAlive(identity) ? identity : null;
}

/** Stops the process that an earlier, crashed start left behind: SIGTERM, and after `graceMs` SIGKILL. */
export async function stopLeftover(file: string, graceMs: number): Promise<void> {
  const leftover = processIn(file);
  if (leftover !== null) {
    process.kill(leftover.pid, 'SIGTERM');
    const deadline = Date.now() + graceMs;
    while (isAlive(leftover) && Date.now() < deadline) await delay(POLL_MS);
    if (isAlive(leftover)) process.kill(leftover.pid, 'SIGKILL');
    while (isAlive(leftover)) await delay(POLL_MS);
  }
  removePidFile(file);
}
