import { hash, randomBytes } from 'node:crypto';
import type { EntrySpan, OnFault } from '#libs/log';
import type { StatedPosition } from './entry-reader.js';
import { EntryFault, readEntry, readMatter } from './entry-reader.js';
import type { EntryFacts } from './entry-reader.js';
import type { Page } from './page.js';

/** Entries that are read together: a block of a task (`chain`), or a bundle of the public log (chain 0). */
export interface PageKey {
  readonly chain: number;
  readonly n: number;
}

/** An entry that amends, and where the one that it amends is found. */
export interface Amending {
  /** How the amending entry is called. */
  readonly where: string;
  /** The amended entry. */
  readonly amends: StatedPosition;
  readonly page: PageKey;
  /** Its number in the page. */
  readonly index: number;
}

interface Waiting extends Amending {
  readonly matter: Buffer;
  readonly says: Says;
}

/** What an amendment says as the entry does that it amends, besides the matter. */
export type Says = Pick<EntryFacts, 'register' | 'repeat'>;

/** Reads pages again, in any order; null: it is not there, or cannot be read. */
export type ReadPages = (keys: readonly PageKey[]) => AsyncIterable<readonly [PageKey, Page | null]>;

/** Late evidence is seconds late as a rule: what it amends stands in the pages that were read just before. */
const RECENT_BYTES = 32 * 1024 * 1024;
/** What a span of an entry takes, about. */
const SPAN_BYTES = 40;
/** Amendments of earlier pages wait until so many are there, and these pages are then read once for all of them. */
const WAITING = 20_000;
const SEAL_BYTES = 6;

const AMENDED: ReadonlySet<string> = new Set(['finding', 'duty']);

/**
 * Holds every amendment against the entry that it amends: a finding or a duty, about the same record, event, controller
 * and purpose, a finding judged by the same register. (A duty that was in time by the version that found it may be broken
 * by the next one.)
 *
 * Memory does not grow with the entries: what is no longer at hand is read again. So that nobody can show another page
 * the second time, a digest of each page is kept, of 6 bytes under a key that nobody knows.
 */
export class AmendmentCheck {
  /** Amendments that were held against what they amend, or wait for it. */
  count = 0;
  private readonly recent = new Map<string, Page>();
  private recentBytes = 0;
  private readonly seals = new Map<number, number[]>();
  private readonly key = randomBytes(16);
  private waiting: Waiting[] = [];

  constructor(
    private readonly onFault: OnFault,
    private readonly read: ReadPages,
  ) {}

  /** True where enough wait for `settle`. */
  get due(): boolean {
    return this.waiting.length >= WAITING;
  }

  /** A page as it is read, before its amendments. */
  page(key: PageKey, page: Page): void {
    let seals = this.seals.get(key.chain);
    if (seals === undefined) this.seals.set(key.chain, (seals = []));
    seals[key.n] = this.sealOf(page);
    const name = nameOf(key);
    const again = this.recent.get(name);
    this.recent.set(name, page);
    this.recentBytes += weightOf(page) - (again === undefined ? 0 : weightOf(again));
    for (const [first, oldest] of this.recent) {
      if (this.recentBytes <= RECENT_BYTES || oldest === page) return;
      this.recent.delete(first);
      this.recentBytes -= weightOf(oldest);
    }
  }

  /** @param bytes of the amending entry, at `span` */
  add(amending: Amending, { register, repeat }: Says, bytes: Buffer, { from, to }: EntrySpan): void {
    this.count++;
    const page = this.recent.get(nameOf(amending.page));
    const matter = readMatter(bytes, from, to);
    const says = { register, repeat };
    if (page !== undefined) this.compare({ ...amending, matter, says }, page);
    else this.waiting.push({ ...amending, matter: Buffer.from(matter), says });
  }

  /** Reads again what is waited for. */
  async settle(): Promise<void> {
    const byPage = Map.groupBy(this.waiting, ({ page }) => nameOf(page));
    this.waiting = [];
    const keys = [...byPage.values()].map(([first]) => (first as Waiting).page);
    keys.sort((a, b) => a.chain - b.chain || a.n - b.n);
    for await (const [key, page] of this.read(keys)) {
      const waiting = byPage.get(nameOf(key)) ?? [];
      if (page !== null && this.sealOf(page) === this.seals.get(key.chain)?.[key.n]) {
        for (const one of waiting) this.compare(one, page);
        continue;
      }
      for (const { where, amends } of waiting) {
        const message = `the entry it amends, ${positionOf(amends)}, was not the same when it was read again`;
        this.onFault({ kind: 'entry', where, message });
      }
    }
  }

  private compare({ where, amends, index, matter, says }: Waiting, { bytes, entries }: Page): void {
    const span = entries[index];
    const amended = span === undefined ? null : tryRead(bytes, span);
    // What cannot be read was told when it was read.
    if (amended === null) return;
    const message = differenceOf(amended, matter, says);
    if (message === null) return;
    this.onFault({ kind: 'entry', where, message: `the entry it amends, ${positionOf(amends)}, ${message}` });
  }

  private sealOf({ leaves }: Page): number {
    return hash('sha256', Buffer.concat([this.key, leaves]), 'buffer').readUIntBE(0, SEAL_BYTES);
  }
}

interface Amended {
  readonly facts: EntryFacts;
  readonly matter: Buffer;
}

/** Why it may not be amended by an entry of this matter that says this, a clause; null: it may. */
function differenceOf(amended: Amended, matter: Buffer, { register, repeat }: Says): string | null {
  const { kind, register: judgedBy, repeat: isRepeat } = amended.facts;
  if (!AMENDED.has(kind)) return `is neither a finding nor a duty, but of kind ${kind}`;
  if (!amended.matter.equals(matter)) return 'is about another record, event or purpose';
  if (isRepeat !== repeat) return isRepeat ? 'repeats an event' : 'repeats no event';
  return judgedBy === register || kind === 'duty' ? null : 'was judged by another register';
}

function tryRead(bytes: Buffer, { from, to }: EntrySpan): Amended | null {
  try {
    return { facts: readEntry(bytes, from, to), matter: readMatter(bytes, from, to) };
  } catch (error) {
    if (error instanceof EntryFault) return null;
    throw error;
  }
}

function nameOf({ chain, n }: PageKey): string {
  return `${chain}/${n}`;
}

function positionOf({ task, block, index }: StatedPosition): string {
  return `${task}/${block}/${index}`;
}

function weightOf({ bytes, entries }: Page): number {
  return bytes.length + entries.length * SPAN_BYTES;
}
