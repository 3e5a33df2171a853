import { setImmediate as turn } from 'node:timers/promises';
import PDFDocument from 'pdfkit';
import type { Exported, PaperColumn } from './exported.js';
import type { NameOf } from './filter-words.js';
import { PageCount } from './page-count.js';

/** What stands above the table. */
export interface ReportHead {
  /** Sentences. */
  readonly lines: readonly string[];
  /** When it is made. */
  readonly at: Date;
  readonly nameOf: NameOf;
}

const TITLES = { findings: 'Findings', problems: 'Problems' };

/** Points. */
const MARGIN = 36;
const GAP = 3;
const SIZE = { title: 16, text: 9, cell: 7.5 };
/** Of most signs, in sizes of the font. */
const SIGN_WIDTH = 0.55;
const INK = { text: '#1a1a1a', faint: '#666666' };
const FONT = { plain: 'Helvetica', bold: 'Helvetica-Bold' };
/** Points; what is longer is cut. */
const MAX_CELL_HEIGHT = 110;
/** Characters of a cell that are looked at; no more fit into it. */
const MAX_CELL_LENGTH = 400;
/** ms after which other requests get their turn. */
const WORK_AT_A_TIME = 10;

/**
 * A report as PDF, piece by piece: a head, and a table whose column titles are on each page. It is made no faster than
 * it is taken.
 */
export async function* report<T>(
  items: AsyncIterable<T>,
  { paper, name }: Exported<T>,
  { lines, at, nameOf }: ReportHead,
): AsyncGenerator<Buffer> {
  const title = TITLES[name];
  const info = { Title: title, Producer: 'Hjemmel', Creator: 'Hjemmel', CreationDate: at };
  const document = new PDFDocument({ size: 'A4', layout: 'landscape', margin: MARGIN, lang: 'en', info });
  const table = new Table(document, paper, nameOf);
  document.font(FONT.bold).fontSize(SIZE.title).fillColor(INK.text).text(title).moveDown(0.4);
  document.font(FONT.plain).fontSize(SIZE.text);
  for (const line of lines) document.text(printable(line));
  document.moveDown(0.8);
  table.begin();
  let rows = 0;
  let since = performance.now();
  for await (const item of items) {
    table.row(item);
    rows++;
    if (performance.now() - since < WORK_AT_A_TIME) continue;
    await turn();
    const bytes = document.read() as Buffer | null;
    if (bytes !== null) yield bytes;
    since = performance.now();
  }
  table.end(`${TITLES[name]} in this report: ${rows.toLocaleString('en')}.`);
  document.end();
  for await (const bytes of document) yield bytes as Buffer;
}

/** A table that goes over pages. */
class Table<T> {
  private readonly left = MARGIN;
  private readonly width: number;
  /** Of the columns' texts. */
  private readonly widths: readonly number[];
  private readonly bottom: number;
  private readonly count: PageCount;
  private y = MARGIN;
  private page = 1;

  constructor(
    private readonly document: PDFKit.PDFDocument,
    private readonly columns: readonly PaperColumn<T>[],
    private readonly nameOf: NameOf,
  ) {
    this.count = new PageCount(document, SIZE.cell);
    const { width, height } = document.page;
    this.width = width - 2 * MARGIN;
    this.widths = columns.map(({ share }) => share * this.width - 2 * GAP);
    this.bottom = height - MARGIN - 2 * SIZE.cell;
  }

  /** Begins below what was written. */
  begin(): void {
    this.y = this.document.y;
    this.foot();
    this.titles();
  }

  row(item: T): void {
    const { document } = this;
    document.font(FONT.plain).fontSize(SIZE.cell).fillColor(INK.text);
    this.cells(this.columns.map(({ text }, i) => cellText(text(item, this.nameOf), this.widths[i] ?? 0)));
  }

  /** @param line a sentence behind the last row */
  end(line: string): void {
    const { document } = this;
    document.font(FONT.plain).fontSize(SIZE.text).fillColor(INK.text);
    if (this.y + 2 * SIZE.text > this.bottom) this.turnPage();
    document.text(line, this.left, this.y + 2 * GAP);
    this.count.end(this.page);
  }

  private titles(): void {
    this.document.font(FONT.bold).fontSize(SIZE.cell).fillColor(INK.faint);
    this.cells(this.columns.map(({ title }) => title));
  }

  private cells(texts: readonly string[]): void {
    const { document } = this;
    const heights = texts.map((text, i) => document.heightOfString(text, { width: this.widths[i] ?? 0 }));
    const height = Math.min(MAX_CELL_HEIGHT, Math.max(...heights));
    if (this.y + height + 2 * GAP > this.bottom) {
      this.turnPage();
      this.titles();
      document.font(FONT.plain).fillColor(INK.text);
    }
    let x = this.left;
    for (const [i, text] of texts.entries()) {
      const width = this.widths[i] ?? 0;
      document.text(text, x + GAP, this.y + GAP, { width, height: MAX_CELL_HEIGHT, ellipsis: '...' });
      x += width + 2 * GAP;
    }
    this.y += height + 2 * GAP;
    document
      .moveTo(this.left, this.y)
      .lineTo(this.left + this.width, this.y)
      .lineWidth(0.4)
      .strokeColor('#cccccc')
      .stroke();
  }

  private turnPage(): void {
    this.document.addPage();
    this.page++;
    this.y = MARGIN;
    this.foot();
  }

  /** The page's number, and of how many; below the margin, where a text would otherwise begin a new page. */
  private foot(): void {
    const { document } = this;
    const { margins, height } = document.page;
    margins.bottom = 0;
    const [words, top] = [`Page ${this.page} `, height - MARGIN];
    document.font(FONT.plain).fontSize(SIZE.cell).fillColor(INK.faint);
    document.text(words, this.left, top, { lineBreak: false });
    this.count.place(this.left + document.widthOfString(words), top);
    margins.bottom = MARGIN;
  }
}

/** What the standard fonts have no sign for: all but Windows-1252. */
const WITHOUT_SIGN = /[^\n\x20-\x7E\xA0-\xFF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]/gu;

function printable(text: string): string {
  return text.replaceAll(WITHOUT_SIGN, '?');
}

/**
 * What can be printed in a cell, with spaces in words that are too long for a line: pdfkit itself takes long to find
 * such places.
 */
function cellText(text: string, width: number): string {
  const fitting = Math.max(1, Math.floor(width / (SIZE.cell * SIGN_WIDTH)));
  return printable(text.slice(0, MAX_CELL_LENGTH)).replaceAll(new RegExp(`\\S{${fitting}}(?=\\S)`, 'g'), '$& ');
}
