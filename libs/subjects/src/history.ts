import type { Collection } from 'mongodb';
import { Long } from 'mongodb';
import type { SubjectVault } from './collections.js';
import { decodePositions } from './codec.js';
import { blockKey, evidencePlace, indexedId, positionsPlace } from './documents.js';
import type { BlockKey } from './documents.js';
import { decodeEvidence, decompress } from './evidence.js';
import type { EvidenceRow } from './evidence.js';
import type { Sealed } from './vault/key-ring.js';

/** A row of a block's evidence, and the index of its entry. */
export interface IndexedRow {
  readonly index: number;
  readonly row: Exclude<EvidenceRow, null>;
}

interface StoredValue extends Sealed {
  _id: BlockKey;
}

const FROM_PRIMARY = { readConcern: 'majority', readPreference: 'primary' } as const;

/**
 * Who wrote each of these blocks.
 *
 * @param blocks ascending
 * @param writers as `TrailWriter.writers`: of a span of blocks
 */
export async function writersOf(
  blocks: readonly number[],
  writers: (from: number, to: number) => Promise<ReadonlyMap<number, string>>,
): Promise<ReadonlyMap<number, string>> {
  const spans: { from: number; to: number }[] = [];
  for (const n of blocks) {
    const last = spans.at(-1);
    if (last?.to === n - 1) last.to = n;
    else spans.push({ from: n, to: n });
  }
  const found = await Promise.all(spans.map(({ from, to }) => writers(from, to)));
  return new Map(found.flatMap((each) => [...each]));
}

/** A subject's entries of earlier blocks, from MongoDB; found by an index, so that nothing is scanned. */
export class History {
  /** @param writers who wrote these blocks by the trail; those that are not there any more are left out */
  constructor(
    private readonly task: number,
    private readonly vault: SubjectVault,
    private readonly writers: (blocks: readonly number[]) => Promise<ReadonlyMap<number, string>>,
  ) {}

  /**
   * The blocks from `from` to before `below` with entries about the subject of which some may have an `occurredAt` of `at`
   * (ms) or later, ascending. Reads the index alone.
   */
  async blocks(blindId: Buffer, at: number, from: number, below: number): Promise<number[]> {
    const query = {
      of: indexedId(blindId),
      latest: { $gte: new Date(at) },
      '_id.n': { $gte: Long.fromNumber(from), $lt: Long.fromNumber(below) },
    };
    const found = this.vault.collections.positions
      .find(query as never, FROM_PRIMARY)
      .project<{ _id: { n: Long | number } }>({ '_id.n': 1 });
    const numbers = new Set<number>();
    for await (const { _id } of found.batchSize(10_000)) numbers.add(Number(_id.n));
    return [...numbers].sort((a, b) => a - b);
  }

  /** What these blocks' entries about a subject were judged from, by block; what lost its block does not count. */
  async rows(key: string, blocks: readonly number[]): Promise<ReadonlyMap<number, readonly IndexedRow[]>> {
    const writers = await this.writers(blocks);
    const ids = [...writers].map(([n, writer]) => blockKey(this.task, n, writer));
    const { positions, evidence } = this.vault.collections;
    const [whom, judgedFrom] = await Promise.all([
      this.values(positions as never, ids),
      this.values(evidence as never, ids),
    ]);
    await this.vault.ring.require(new Set([...whom.values(), ...judgedFrom.values()].map(({ g }) => g)));
    const rows = new Map<number, readonly IndexedRow[]>();
    for (const [n, document] of whom) {
      const from = judgedFrom.get(n);
      // Of a block from before there was evidence.
      if (from === undefined) continue;
      const { subjects, entries } = decodePositions(this.vault.ring.unseal(positionsPlace(document._id), document));
      const number = subjects.indexOf(key) + 1;
      if (number === 0) continue;
      const bytes = decompress(this.vault.ring.unseal(evidencePlace(from._id), from));
      rows.set(
        n,
        decodeEvidence(bytes, (index) => entries[index] === number),
      );
    }
    return rows;
  }

  private async values(collection: Collection<StoredValue>, ids: BlockKey[]): Promise<Map<number, StoredValue>> {
    const found = await collection.find({ _id: { $in: ids } }, FROM_PRIMARY).toArray();
    return new Map(found.map((document) => [Number(document._id.n), document as StoredValue]));
  }
}
