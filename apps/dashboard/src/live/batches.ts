/** Gathers what comes in bursts. */
export interface BatchesOptions<T> {
  /** ms between two deliveries, at least. */
  readonly interval: number;
  /** Gets what has come since the last delivery, in order, never empty. */
  readonly deliver: (items: T[]) => void;
}

/** The first item is delivered at once; under load at most one delivery an interval, and none is lost. */
export class Batches<T> {
  readonly #options: BatchesOptions<T>;
  #items: T[] = [];
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(options: BatchesOptions<T>) {
    this.#options = options;
  }

  add(item: T): void {
    this.#items.push(item);
    if (this.#timer === null) this.#deliver();
  }

  /** Forgets what has not been delivered. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#items = [];
  }

  #deliver(): void {
    this.#timer = null;
    if (this.#items.length === 0) return;
    const items = this.#items;
    this.#items = [];
    this.#timer = setTimeout(() => this.#deliver(), this.#options.interval);
    this.#options.deliver(items);
  }
}
