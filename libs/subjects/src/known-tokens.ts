/**
 * Tokens that need not be written again, at most about `capacity` of them: two generations, of which the older is dropped as
 * a whole when the younger has grown to half the capacity. One that was forgotten is written again, which changes nothing.
 */
export class KnownTokens {
  private young = new Set<string>();
  private old = new Set<string>();

  constructor(private readonly capacity: number) {}

  has(token: string): boolean {
    if (this.young.has(token)) return true;
    if (!this.old.has(token)) return false;
    this.add(token);
    return true;
  }

  add(token: string): void {
    this.young.add(token);
    if (this.young.size < this.capacity / 2) return;
    this.old = this.young;
    this.young = new Set();
  }

  get size(): number {
    return this.young.size + this.old.size;
  }
}
