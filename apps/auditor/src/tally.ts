import type { Finding, Verdict } from '#libs/judge';
import type { BlockSummary } from '#libs/trail';

/** Stands for controllers that no register knows: their names are whatever a publisher wrote. */
export const UNKNOWN_CONTROLLER = '(unknown)';

/** Counts of findings by controller and verdict, and by rule. */
export class Tally {
  private readonly byController = new Map<string, Map<Verdict, number>>();
  private readonly byRule = new Map<string, number>();

  /** @param controller null: no register knows it, or the record could not be read */
  add(controller: string | null, { verdict, reasons }: Finding): void {
    const name = controller ?? UNKNOWN_CONTROLLER;
    const verdicts = this.byController.get(name) ?? new Map<Verdict, number>();
    this.byController.set(name, verdicts);
    verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    for (const { rule } of reasons) this.byRule.set(rule, (this.byRule.get(rule) ?? 0) + 1);
  }

  /** Adds what another has counted. */
  addAll({ byController, byRule }: Tally): void {
    for (const [name, counts] of byController) {
      const verdicts = this.byController.get(name) ?? new Map<Verdict, number>();
      this.byController.set(name, verdicts);
      for (const [verdict, count] of counts) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + count);
    }
    for (const [rule, count] of byRule) this.byRule.set(rule, (this.byRule.get(rule) ?? 0) + count);
  }

  summary(): BlockSummary {
    const verdicts = [...this.byController].flatMap(([controller, counts]) =>
      [...counts].map(([verdict, count]) => ({ controller, verdict, count })),
    );
    return { verdicts, rules: [...this.byRule].map(([rule, count]) => ({ rule, count })) };
  }
}
