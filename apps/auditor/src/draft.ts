import { Sink, writeEntry } from '#libs/events';
import type { EntryAccount, NewEntry, StreamEvent } from '#libs/events';
import type { Bundle } from '#libs/trail';
import type { RecordSource } from './entries.js';

/**
 * What the vault keeps of an entry: whom it is about and what it takes to judge again; null: about nobody. `said` stands
 * for what the entry says, see `saidOf`; `problems` is as `problemsOf` has it; `value` is the record's own bytes where the vault can keep these as they are.
 */
export type DraftRow<S> =
  | {
      readonly subject: S;
      readonly kind: 'finding';
      readonly event: StreamEvent;
      readonly value: Buffer | null;
      readonly timestamp: number | null;
      readonly source: RecordSource;
      readonly register: string | null;
      readonly said: string;
      readonly repeat: boolean;
      readonly problems: readonly string[];
    }
  | {
      readonly subject: S;
      readonly kind: 'amendment';
      readonly amends: { readonly block: number; readonly index: number };
      readonly occurredAt: number;
      readonly said: string;
      readonly problems: readonly string[];
    }
  | {
      readonly subject: S;
      readonly kind: 'duty';
      readonly occurredAt: number;
      readonly said: string;
      readonly problems: readonly string[];
    }
  | null;

/** Bytes to begin with: while little comes, blocks have some dozen entries; they grow where they have thousands. */
const FIRST_BYTES = 16 * 1024;
const LENGTH_BYTES = 2;

/** A block in the making: entries in order, and what the vault keeps of each. */
export class Draft<S> {
  /** What the vault keeps, one for each entry. */
  readonly rows: DraftRow<S>[] = [];
  private first: NewEntry | null = null;
  /** The entries behind the first, each behind its length. */
  private readonly others: Sink;
  /** Of all entries. */
  private bytes = 0;

  /**
   * @param task whose chain the block continues
   * @param n the block's number in it
   * @param recordedAt when it is made, ms; the time of its entries
   * @param maxBytes of all entries together; one may begin within them and end beyond
   */
  constructor(
    readonly task: number,
    readonly n: number,
    readonly recordedAt: number,
    private readonly maxBytes: number,
  ) {
    this.others = new Sink(Math.min(FIRST_BYTES, maxBytes));
  }

  /** Number of entries. */
  get count(): number {
    return this.rows.length;
  }

  /** True where a further entry is for the next block. */
  get full(): boolean {
    return this.bytes >= this.maxBytes;
  }

  /** @returns the entry's index in the block */
  add(entry: NewEntry, row: DraftRow<S>): number {
    const { others } = this;
    const start = others.at;
    writeFramed(entry, others);
    this.bytes += others.at - start - LENGTH_BYTES;
    if (this.first === null) {
      // What the block accounts for stands in it, and is known in the end.
      this.first = entry;
      others.at = start;
    }
    return this.rows.push(row) - 1;
  }

  /** The entries, encoded; the first says what the block accounts for, which is known only now. */
  seal(account: EntryAccount): Bundle {
    if (this.first === null) return { bytes: Buffer.alloc(0), count: 0 };
    const first = new Sink(FIRST_BYTES);
    writeFramed({ ...this.first, account }, first);
    return {
      bytes: Buffer.concat([first.bytes.subarray(0, first.at), this.others.bytes.subarray(0, this.others.at)]),
      count: this.count,
    };
  }
}

/** Writes an entry behind its length, as bundles have it (C2SP tlog-tiles, "Log Entries"). */
function writeFramed(entry: NewEntry, sink: Sink): void {
  const start = sink.at;
  sink.byte(0);
  sink.byte(0);
  writeEntry(entry, sink);
  sink.bytes.writeUInt16BE(sink.at - start - LENGTH_BYTES, start);
}
