import { createHash } from 'node:crypto';
import type { LogDump } from './log-harness.js';

/**
 * Checks a log from its raw records, by the definitions of RFC 6962 §2.1 and C2SP tlog-tiles taken literally and with
 * nothing of the code that made it.
 *
 * @returns what is wrong, a sentence each; and the number of entries that have a checkpoint
 */
export function checkLog({ blocks, sequences, tiles, checkpoints }: LogDump): { faults: string[]; size: number } {
  const faults: string[] = [];
  const chains = new Map<number, number>();
  const leaves: Buffer[] = [];
  const ends = new Set([0]);
  const byPlace = new Map(blocks.map((block) => [`${block.task}/${block.n}`, block]));
  for (const sequence of sequences) {
    if (sequence.start !== leaves.length) faults.push(`sequence ${sequence.start} should begin at ${leaves.length}`);
    for (const { task, n, count } of sequence.blocks) {
      if (n !== (chains.get(task) ?? 0)) faults.push(`block ${task}/${n} where ${chains.get(task) ?? 0} should follow`);
      chains.set(task, n + 1);
      const block = byPlace.get(`${task}/${n}`);
      if (block?.count !== count) faults.push(`block ${task}/${n} has ${block?.count} entries, not ${count}`);
      for (let i = 0; i < count; i++)
        leaves.push(sha256(Buffer.of(0), Buffer.from(`entry ${i} of block ${task}/${n}`)));
    }
    if (sequence.end !== leaves.length) faults.push(`sequence ${sequence.start} should end at ${leaves.length}`);
    for (const [task, n] of chains) if (sequence.next.get(task) !== n) faults.push(`next of task ${task} is not ${n}`);
    if (sequence.next.size !== chains.size) faults.push('next names other tasks');
    ends.add(leaves.length);
  }
  const tree = new NaiveTree(leaves);
  for (const { size, root, note } of checkpoints) {
    if (!ends.has(size)) faults.push(`checkpoint ${size} does not end with a sequence`);
    if (size > leaves.length) faults.push(`checkpoint ${size} is beyond the log`);
    else if (!tree.root(0, size).equals(root)) faults.push(`checkpoint ${size} has another root`);
    const [, said, root64] = note.split('\n');
    if (said !== String(size) || root64 !== root.toString('base64')) faults.push(`the note of ${size} differs from it`);
  }
  const size = checkpoints.at(-1)?.size ?? 0;
  const expected = new Map<number, number>();
  for (const { level, index, hashes, root } of tiles) {
    const at = expected.get(level) ?? 0;
    if (index !== at) faults.push(`tile ${level}/${index} where ${at} should follow`);
    expected.set(level, at + 1);
    const span = 256 ** level;
    const from = index * 256 * span;
    const right = Array.from({ length: 256 }, (_, i) => tree.root(from + i * span, from + (i + 1) * span));
    if (!Buffer.concat(right).equals(hashes)) faults.push(`tile ${level}/${index} has other hashes`);
    if (!tree.root(from, from + 256 * span).equals(root)) faults.push(`tile ${level}/${index} has another root`);
  }
  for (let level = 0, full = Math.floor(size / 256); full > 0; level++, full = Math.floor(full / 256)) {
    if ((expected.get(level) ?? 0) < full) faults.push(`level ${level} has not the ${full} tiles of size ${size}`);
  }
  return { faults, size };
}

/** The tree of RFC 6962 §2.1 by its recursive definition; what was computed is kept. */
class NaiveTree {
  private readonly known = new Map<string, Buffer>();

  constructor(private readonly leaves: readonly Buffer[]) {}

  root(from: number, to: number): Buffer {
    const n = to - from;
    if (n === 0) return sha256();
    if (n === 1) return this.leaves[from] as Buffer;
    const place = `${from}-${to}`;
    const known = this.known.get(place);
    if (known !== undefined) return known;
    let k = 1;
    while (k * 2 < n) k *= 2;
    const root = sha256(Buffer.of(1), this.root(from, from + k), this.root(from + k, to));
    this.known.set(place, root);
    return root;
  }
}

function sha256(...parts: Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
