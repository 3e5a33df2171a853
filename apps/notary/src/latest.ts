/** Hands over the newest of what is offered; what was offered before and not taken is passed over. */
export class Latest<T> {
  private value: T | null = null;
  private arrived = Promise.withResolvers<void>();

  offer(value: T): void {
    this.value = value;
    this.arrived.resolve();
  }

  /** Offers again what was taken, unless there is something newer. */
  giveBack(value: T): void {
    if (this.value === null) this.offer(value);
  }

  /** Waits for a value; null where the signal comes first. */
  async take(signal: AbortSignal): Promise<T | null> {
    const aborted = Promise.withResolvers<void>();
    const onAbort = (): void => aborted.resolve();
    signal.addEventListener('abort', onAbort, { once: true });
    if (!signal.aborted) await Promise.race([this.arrived.promise, aborted.promise]);
    signal.removeEventListener('abort', onAbort);
    const { value } = this;
    if (signal.aborted || value === null) return null;
    this.value = null;
    this.arrived = Promise.withResolvers<void>();
    return value;
  }
}
