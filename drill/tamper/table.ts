/** A way to tamper, and what was said of it. */
export interface Row {
  readonly title: string;
  /** What `hjemmel verify` said. */
  readonly verify: string;
  /** What verifiers from outside said; null: they were not asked, since the public log does not show it. */
  readonly outside: string | null;
  readonly good: boolean;
}

const WIDTHS = { title: 64, outside: 26 } as const;

/** Prints a row as soon as it is known, and sums up. */
export class Table {
  private readonly rows: Row[] = [];

  constructor(private readonly withOutside: boolean) {}

  begin(): void {
    this.print('   ', 'what was changed', 'outside', 'what hjemmel verify said');
  }

  add(row: Row): void {
    this.rows.push(row);
    this.print(row.good ? 'ok ' : '!! ', row.title, row.outside ?? '–', row.verify);
  }

  /** @returns whether all was as it should be */
  end(): boolean {
    const bad = this.rows.filter(({ good }) => !good).length;
    const kinds = this.rows.length - 2;
    const asked = this.rows.filter(({ outside }) => outside !== null).length - 1;
    const outside = this.withOutside ? `, ${asked} of them asked of verifiers from outside` : '';
    process.stdout.write(`${kinds} kinds of tampering${outside}; ${bad} not as they should be.\n`);
    return bad === 0;
  }

  private print(mark: string, title: string, outside: string, verify: string): void {
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
    const middle = this.withOutside ? `${outside.padEnd(WIDTHS.outside)} ` : '';
    process.stdout.write(`${mark}${title.padEnd(WIDTHS.title)} ${middle}${verify}\n`);
  }
}
