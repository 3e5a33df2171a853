import type { Subject } from './subject.js';

/**
 * Subjects used lately, at most about `capacity` of them: two generations, of which the older is dropped as a whole when
 * the younger has grown to half the capacity. An access costs one or two map look-ups and no bookkeeping of order.
 *
 * A subject counts for one, and for one more for every eight facts and uses, or 128 marks of events.
 */
export class SubjectCache {
  private young = new Map<string, Subject>();
  private old = new Map<string, Subject>();
  private weight = 0;

  constructor(private readonly capacity: number) {}

  get(key: string): Subject | undefined {
    const young = this.young.get(key);
    if (young !== undefined) return young;
    const old = this.old.get(key);
    if (old !== undefined) this.set(old);
    return old;
  }

  set(subject: Subject): void {
    this.young.set(subject.key, subject);
    const { facts, uses, marks } = subject;
    this.weight += 1 + ((facts.size + uses.size) >> 3) + (marks.size >> 7);
  }

  /** Drops what was not used lately, where the cache is full. What was got before a call may be gone after it. */
  trim(): void {
    if (this.weight < this.capacity / 2) return;
    this.old = this.young;
    this.young = new Map();
    this.weight = 0;
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
  }

  get size(): number {
    return this.young.size + this.old.size;
  }
}
