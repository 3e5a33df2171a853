/** What pdfkit has and its types do not tell. */
interface Parts {
  ref(dictionary: object): { end(content: string): void };
  addContent(content: string): unknown;
  readonly page: { readonly height: number; readonly xobjects: Record<string, unknown> };
}

const NAME = 'PageCount';
/** Wide enough for any number of pages, in sizes of the font. */
const WIDTH = 10;
/** Of Helvetica, in thousandths of its size. */
const ASCENDER = 718;
const GREY = 0.4;

/**
 * "of 12" on each page of a document that is made page by page, when nobody knows how many there will be: the pages show
 * one form (ISO 32000-1, 8.10), which is written at the end.
 */
export class PageCount {
  private readonly parts: Parts;
  private readonly form: ReturnType<Parts['ref']>;

  /** @param size of the text, points */
  constructor(
    document: PDFKit.PDFDocument,
    private readonly size: number,
  ) {
    this.parts = document;
    this.form = this.parts.ref({
      Type: 'XObject',
      Subtype: 'Form',
      BBox: [0, -size, WIDTH * size, size],
      Resources: {
        Font: { F: { Type: 'Font', Subtype: 'Type1', BaseFont: 'Helvetica', Encoding: 'WinAnsiEncoding' } },
      },
    });
  }

  /** Shows it on the page that is being made, with its upper left corner here; points from the page's. */
  place(x: number, y: number): void {
    const { page } = this.parts;
    page.xobjects[NAME] = this.form;
    const baseline = y + (ASCENDER / 1_000) * this.size;
    // pdfkit counts from the top, and has turned everything that follows upside down.
    this.parts.addContent(`q 1 0 0 -1 ${x.toFixed(2)} ${baseline.toFixed(2)} cm /${NAME} Do Q`);
  }

  /** To be called once, before the document ends. */
  end(pages: number): void {
    this.form.end(`BT ${GREY} g /F ${this.size} Tf (of ${pages}) Tj ET`);
  }
}
