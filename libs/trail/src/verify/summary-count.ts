import type { EntryFacts } from './entry-reader.js';

/** Counts that stand beside a block for monitoring; nothing but its entries can prove them. */
export interface StatedSummary {
  readonly verdicts: readonly { readonly controller: string; readonly verdict: string; readonly count: number }[];
  readonly rules: readonly { readonly rule: string; readonly count: number }[];
}

/** Whom findings are counted for where no register knows the controller, or the record could not be read. */
const UNKNOWN = '(unknown)';

/** Acts of people are no findings. */
const NOT_COUNTED: ReadonlySet<string> = new Set(['reveal', 'erased']);

/** Counts a block's entries again. */
export class SummaryCount {
  private readonly verdicts = new Map<string, Map<string, number>>();
  private readonly rules = new Map<string, number>();

  add({ kind, controller, verdict, reasons }: EntryFacts): void {
    if (NOT_COUNTED.has(kind)) return;
    let known = controller !== null;
    for (const { rule } of reasons) {
      if (rule === 'controller-unknown') known = false;
      this.rules.set(rule, (this.rules.get(rule) ?? 0) + 1);
    }
    const name = known ? (controller as string) : UNKNOWN;
    let counts = this.verdicts.get(name);
    if (counts === undefined) this.verdicts.set(name, (counts = new Map<string, number>()));
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }

  /** What the stated counts have wrong; null: nothing. */
  difference({ verdicts, rules }: StatedSummary): string | null {
    const counted = [...this.verdicts].flatMap(([controller, counts]) =>
      [...counts].map(([verdict, count]) => `${controller}\n${verdict}\n${count}`),
    );
    const stated = verdicts.map(({ controller, verdict, count }) => `${controller}\n${verdict}\n${count}`);
    if (!sameSet(counted, stated)) return 'its counts of verdicts are not those of its entries';
    const countedRules = [...this.rules].map(([rule, count]) => `${rule}\n${count}`);
    const statedRules = rules.map(({ rule, count }) => `${rule}\n${count}`);
    return sameSet(countedRules, statedRules) ? null : 'its counts of rules are not those of its entries';
  }
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.toSorted().join('\0') === b.toSorted().join('\0');
}
