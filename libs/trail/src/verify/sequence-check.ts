import type { OnFault } from '#libs/log';
import type { StoredSequence } from './read-documents.js';
import type { WantedBlock } from './stored-log.js';

/** Holds that the sequences continue each other, and put every block of a task into the log once and in its order. */
export class SequenceCheck {
  /** By task, the number of the first block that is not in the log. */
  readonly next = new Map<number, number>();
  private end: number | null = null;

  /** @param minimumIndex where the log was pruned to; 0: it was not */
  constructor(
    private readonly onFault: OnFault,
    private readonly minimumIndex: number,
  ) {}

  /** Checks the next one; gives its blocks, with their place in the log. */
  check({ start, end, blocks, next }: StoredSequence): WantedBlock[] {
    const fault = (message: string) => this.onFault({ kind: 'sequence', where: `sequence at ${start}`, message });
    if (this.end === null) this.begin({ start, end, blocks, next }, fault);
    else if (start !== this.end) fault(`the one before it ends at ${this.end}`);
    let at = start;
    const wanted = blocks.map(({ task, n, count }): WantedBlock => {
      const expected = this.next.get(task) ?? 0;
      if (n !== expected) fault(`it has block ${n} of task ${task}, and block ${expected} comes next`);
      this.next.set(task, n + 1);
      const place = { task, n, count, start: at };
      at += count;
      return place;
    });
    if (end <= start) fault(`it ends at ${end}`);
    if (at !== end) fault(`it ends at ${end}, its blocks have ${at - start} entries`);
    this.checkNext(next, fault);
    this.end = end;
    return wanted;
  }

  /** Nothing is left to check: the last one says what comes next. */
  adopt({ next }: StoredSequence): void {
    for (const [task, n] of next) this.next.set(task, n);
  }

  /** The first one that is left; of a pruned log it says itself which blocks it is behind. */
  private begin({ start, blocks, next }: StoredSequence, fault: (message: string) => void): void {
    if (this.minimumIndex === 0) {
      if (start !== 0) fault('it is the first, and the log begins at 0');
      return;
    }
    if (start > this.minimumIndex) fault(`it is the first, and the log was pruned to ${this.minimumIndex} only`);
    for (const [task, n] of next) this.next.set(task, n - blocks.filter((block) => block.task === task).length);
  }

  private checkNext(next: ReadonlyMap<number, number>, fault: (message: string) => void): void {
    const differs = [...this.next].some(([task, n]) => next.get(task) !== n) || next.size !== this.next.size;
    if (differs) fault('what it says comes next is not what its blocks make of it');
  }
}
