import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { Exported } from './exported.js';

/** What a spreadsheet takes for a formula, or drops before it looks for one (OWASP, CSV injection). */
const FORMULA = /^(?:[\t\r\n]|\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/;
/** The same in the middle, where a spreadsheet of another language, as Norwegian ones do, begins a cell or a line. */
const FORMULA_INSIDE = /([;|\t\r\n]\s*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;

/**
 * Writes items as CSV (RFC 4180): UTF-8, a header line, CR LF. Texts that a spreadsheet would take for a formula get an
 * apostrophe in front, as whoever publishes events chose them. No faster than the reader reads.
 */
export async function writeCsv<T>(
  items: AsyncGenerator<T>,
  { table }: Exported<T>,
  to: NodeJS.WritableStream,
): Promise<void> {
  const lines = stringify({
    header: true,
    columns: table.map(({ name }) => name),
    record_delimiter: 'windows',
    quoted_match: /[\r\n]/,
    cast: { string: harmless },
  });
  const values = async function* (source: AsyncIterable<T>) {
    for await (const item of source) yield table.map(({ value }) => value(item));
  };
  await pipeline(items, values, lines, to);
}

function harmless(text: string): string {
  const inside = text.trimStart().replace(FORMULA_INSIDE, "$1'");
  const whole = text.slice(0, text.length - text.trimStart().length) + inside;
  return FORMULA.test(text) ? `'${whole}` : whole;
}

/** Writes items as JSON Lines, in the form that lists have. No faster than the reader reads. */
export async function writeJsonLines(items: AsyncGenerator, to: NodeJS.WritableStream): Promise<void> {
  const lines = async function* (source: AsyncIterable<unknown>) {
    for await (const item of source) yield `${JSON.stringify(item)}\n`;
  };
  await pipeline(items, lines, to);
}
