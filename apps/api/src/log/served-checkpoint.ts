import type { LogReader, SignedCheckpoint } from '#libs/trail';

/** What is read of the log for it. */
type Source = Pick<LogReader, 'checkpoint' | 'checkpointAt' | 'cosignedSize' | 'cosignatures'>;

/** ms for which an answer is given again without a look into MongoDB. */
const FRESH_MS = 250;
/** ms that witnesses get: a cosigned checkpoint that is older by more gives way to a newer one without cosignatures. */
const COSIGNED_WITHIN_MS = 5_000;

/**
 * The checkpoint to be served: the newest, with the signatures that witnesses gave for it. While they have given none, a
 * slightly older one that has some is served instead, so that who requires cosignatures is not turned away each time
 * that the log grows. It never goes back to a smaller one than it gave before.
 */
export class ServedCheckpoint {
  private last: { readonly size: number; readonly note: string; readonly readAt: number } | null = null;
  private reading: Promise<string | null> | null = null;

  constructor(
    private readonly log: Source,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Entries in the checkpoint that was last served; 0 before the first. */
  get size(): number {
    return this.last?.size ?? 0;
  }

  /** The note with its cosignatures; null where there is no checkpoint yet. */
  note(): Promise<string | null> {
    if (this.last !== null && this.now() - this.last.readAt < FRESH_MS) return Promise.resolve(this.last.note);
    this.reading ??= this.read().finally(() => (this.reading = null));
    return this.reading;
  }

  private async read(): Promise<string | null> {
    const readAt = this.now();
    const newest = await this.log.checkpoint();
    if (newest === null) return null;
    const { size, note } = (await this.cosignedInstead(newest)) ?? newest;
    const lines = await this.log.cosignatures(size);
    this.last = { size, readAt, note: note + lines.join('') };
    return this.last.note;
  }

  /** The one to be served in place of the newest; null where that is to be served itself. */
  private async cosignedInstead(newest: SignedCheckpoint): Promise<SignedCheckpoint | null> {
    const size = await this.log.cosignedSize();
    if (size === null || size >= newest.size || size < this.size) return null;
    const cosigned = await this.log.checkpointAt(size);
    return cosigned !== null && newest.signedAt - cosigned.signedAt <= COSIGNED_WITHIN_MS ? cosigned : null;
  }
}
