import { beforeEach, describe, expect, test } from '@jest/globals';
import type { SignedCheckpoint } from '#libs/trail';
import { ServedCheckpoint } from './served-checkpoint.js';

/** A log whose checkpoints are signed `signedAt` ms after its beginning. */
class Log {
  readonly signed: SignedCheckpoint[] = [];
  readonly lines = new Map<number, string[]>();
  reads = 0;

  sign(size: number, signedAt: number): void {
    this.signed.push({ size, signedAt, root: Buffer.alloc(32), note: `${size}\n` });
  }

  cosign(size: number, ...lines: string[]): void {
    this.lines.set(size, lines);
  }

  checkpoint = () => {
    this.reads++;
    return Promise.resolve(this.signed.at(-1) ?? null);
  };
  checkpointAt = (size: number) => Promise.resolve(this.signed.find((one) => one.size === size) ?? null);
  cosignedSize = () => Promise.resolve([...this.lines.keys()].sort((a, b) => b - a)[0] ?? null);
  cosignatures = (size: number) => Promise.resolve(this.lines.get(size) ?? []);
}

describe('ServedCheckpoint', () => {
  let log: Log;
  let served: ServedCheckpoint;
  let clock: number;

  beforeEach(() => {
    log = new Log();
    clock = 0;
    served = new ServedCheckpoint(log, () => clock);
  });

  /** What is served once what was read before is no longer fresh. */
  const next = () => {
    clock += 1_000;
    return served.note();
  };

  test('is null before the first one', async () => {
    expect(await served.note()).toBeNull();
    expect(served.size).toBe(0);
  });

  test('is the newest where there are no witnesses', async () => {
    log.sign(0, 0);
    expect(await next()).toBe('0\n');
    log.sign(5, 1_000);
    expect(await next()).toBe('5\n');
    expect(served.size).toBe(5);
  });

  test('carries the signatures of witnesses', async () => {
    log.sign(5, 0);
    log.cosign(5, 'a\n', 'b\n');
    expect(await next()).toBe('5\na\nb\n');
  });

  test('waits for the witnesses of a newer one', async () => {
    log.sign(5, 0);
    log.cosign(5, 'a\n');
    log.sign(6, 5_000);
    expect(await next()).toBe('5\na\n');
    log.cosign(6, 'a\n');
    expect(await next()).toBe('6\na\n');
  });

  test('does not wait for witnesses longer than 5 s', async () => {
    log.sign(5, 0);
    log.cosign(5, 'a\n');
    log.sign(6, 5_001);
    expect(await next()).toBe('6\n');
  });

  test('INVARIANT: never goes back, though a witness signed an older one late', async () => {
    log.sign(5, 0);
    log.sign(6, 100);
    expect(await next()).toBe('6\n');
    log.cosign(5, 'a\n');
    expect(await next()).toBe('6\n');
    log.sign(7, 200);
    log.cosign(6, 'a\n');
    expect(await next()).toBe('6\na\n');
  });

  test('is read at most every 250 ms, and once for all who ask at a time', async () => {
    log.sign(5, 0);
    await Promise.all([served.note(), served.note()]);
    expect(log.reads).toBe(1);
    clock += 249;
    await served.note();
    expect(log.reads).toBe(1);
    clock += 1;
    await served.note();
    expect(log.reads).toBe(2);
  });

  test('is asked for again after a failure', async () => {
    const { checkpoint } = log;
    log.checkpoint = () => Promise.reject(new Error('away'));
    await expect(served.note()).rejects.toThrow('away');
    log.checkpoint = checkpoint;
    log.sign(5, 0);
    expect(await served.note()).toBe('5\n');
  });
});
