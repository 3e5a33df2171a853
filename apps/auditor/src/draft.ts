import { encodeEntry } from '#libs/events';
import type { AuditEntry, EntryAccount, StreamEvent } from '#libs/events';
import type { RecordSource } from './entries.js';

/**
 * What the vault keeps of an entry: whom it is about and what it takes to judge again; null: about nobody. `said` stands
 * for what the entry says, see `saidOf`; `value` is the record's own bytes where the vault can keep these as they are.
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
    }
  | {
      readonly subject: S;
      readonly kind: 'amendment';
      readonly amends: { readonly block: number; readonly index: number };
      readonly occurredAt: number;
      readonly said: string;
    }
  | { readonly subject: S; readonly kind: 'duty'; readonly occurredAt: number; readonly said: string }
  | null;

/** A block in the making: entries in order, and what the vault keeps of each. */
export class Draft<S> {
  /** What the vault keeps, one for each entry. */
  readonly rows: DraftRow<S>[] = [];
  private readonly encoded: Buffer[] = [];
  private first: AuditEntry | null = null;
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
  ) {}

  /** Number of entries. */
  get count(): number {
    return this.encoded.length;
  }

  /** True where a further entry is for the next block. */
  get full(): boolean {
    return this.bytes >= this.maxBytes;
  }

  /** @returns the entry's index in the block */
  add(entry: AuditEntry, row: DraftRow<S>): number {
    this.first ??= entry;
    const encoded = encodeEntry(entry);
    this.bytes += encoded.length;
    this.rows.push(row);
    return this.encoded.push(encoded) - 1;
  }

  /** The entries, encoded; the first says what the block accounts for, which is known only now. */
  seal(account: EntryAccount): readonly Buffer[] {
    if (this.first !== null) this.encoded[0] = encodeEntry({ ...this.first, account });
    return this.encoded;
  }
}
