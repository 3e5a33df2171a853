import { PassThrough, Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { inflateSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { SORTS } from '#libs/views';
import type { Wire } from '../../http/schema.js';
import type { FindingSummary } from '../findings/schemas.js';
import { PROBLEM_SORTS } from '../problems/schemas.js';
import { FINDINGS, PROBLEMS } from './exported.js';
import { fileName } from './file-name.js';
import { filterWords, sortWords } from './filter-words.js';
import { MAX_ROWS, reportLines } from './report-head.js';
import { report } from './report.js';
import { begun, first } from './rows.js';
import { writeCsv, writeJsonLines } from './table-formats.js';

type Finding = Wire<typeof FindingSummary>;

const nameOf = (controller: string) => (controller === 'acme' ? 'Acme AB' : controller);

const TIME = '2026-03-01T09:30:00.000Z';

function finding(change: Partial<Finding> = {}): Finding {
  return {
    id: '0-12-3',
    kind: 'orders',
    verdict: 'violation',
    controller: 'acme',
    service: 'webshop',
    purpose: 'purchase',
    legalBasis: 'consent',
    occurredAt: TIME,
    recordedAt: TIME,
    changedAt: TIME,
    amended: false,
    logIndex: 7,
    reasons: [
      { rule: 'consent-missing', effect: 'violation', clause: 'basis', problem: 'p1-0000000000000001' },
      { rule: 'basis-undeclared', effect: 'violation', clause: 'basis', problem: 'p1-0000000000000002' },
    ],
    ...change,
  };
}

async function* of<T>(...items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function written(write: (to: Writable) => Promise<void>): Promise<string> {
  const to = new PassThrough();
  const [all] = await Promise.all([text(to), write(to)]);
  return all;
}

const csv = (...items: readonly Finding[]) => written((to) => writeCsv(of(...items), FINDINGS, to));
const HEADER =
  'id,verdict,kind,controller,service,purpose,legalBasis,rules,clauses,problems,occurredAt,recordedAt,changedAt,amended,logIndex\r\n';

describe('CSV', () => {
  test('has a header line, also where there is nothing else', async () => {
    expect(await csv()).toBe(HEADER);
    expect(await csv(finding())).toBe(
      `${HEADER}0-12-3,violation,orders,acme,webshop,purchase,consent,consent-missing; basis-undeclared,basis,` +
        `p1-0000000000000001; p1-0000000000000002,${TIME},${TIME},${TIME},false,7\r\n`,
    );
  });

  test('leaves empty what there is not', async () => {
    const unreadable = finding({ controller: null, service: null, purpose: null, occurredAt: null, reasons: [] });
    expect((await csv(unreadable)).split('\r\n')[1]).toBe(
      `0-12-3,violation,orders,,,,consent,,,,,${TIME},${TIME},false,7`,
    );
  });

  test('quotes what needs it, in UTF-8', async () => {
    const line = (
      await csv(finding({ service: 'a,b', purpose: 'say "no"', legalBasis: 'two\nlines', controller: 'bjørn' }))
    ).slice(HEADER.length);
    expect(line).toMatch(/^0-12-3,violation,orders,bjørn,"a,b","say ""no""","two\nlines",/);
  });

  test.each(['=1+1', '+1', '-1', '@sum(a)', '\t=1', '\r=1', '\n=1', '  =1', '＝1', '＠x'])(
    '%j is no formula to a spreadsheet',
    async (service) => {
      const line = (await csv(finding({ service }))).slice(HEADER.length);
      expect(line.replaceAll('"', '')).toContain(`,acme,'${service},purchase,`);
    },
  );

  test.each([
    ['shop;=cmd', "shop;'=cmd"],
    ['a; @b|+c', "a; '@b|'+c"],
    ['=1;=2', "'=1;'=2"],
    ['a\n=1', "a\n'=1"],
  ])('%j is none to one that begins its cells elsewhere', async (service, kept) => {
    const line = (await csv(finding({ service }))).slice(HEADER.length);
    expect(line.replaceAll('"', '')).toContain(`,acme,${kept},purchase,`);
  });

  test.each(['1-2', 'a=b', 'x@y', '#1', 'a; b'])('%s stays as it is', async (service) => {
    expect(await csv(finding({ service }))).toContain(`,acme,${service},purchase,`);
  });
});

test('JSON Lines have what lists have', async () => {
  const items = [finding(), finding({ service: 'two\nlines' })];
  const lines = (await written((to) => writeJsonLines(of(...items), to))).split('\n');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(items);
});

/** Waits until a number has not changed for a while, or is beyond all bounds. */
async function untilStill(read: () => number): Promise<void> {
  for (let seen = -1, turns = 0; turns < 100 && seen < 5_000; turns++) {
    if (read() !== seen) turns = 0;
    seen = read();
    await new Promise(setImmediate);
  }
}

describe('whoever reads slowly, or goes away,', () => {
  /** Counts what was made of it, and whether it was told to stop. */
  function source() {
    const state = { made: 0, stopped: false };
    async function* items() {
      try {
        for (;;) {
          state.made++;
          yield finding();
        }
      } finally {
        state.stopped = true;
      }
    }
    return { state, items: items() };
  }
  /** Takes one piece, and no more. */
  const slow = () => new Writable({ highWaterMark: 1_000, write: () => undefined });

  const formats: Record<string, (items: AsyncGenerator<Finding>, to: Writable) => Promise<void>> = {
    csv: (items, to) => writeCsv(items, FINDINGS, to),
    jsonl: writeJsonLines,
    pdf: (items, to) => pipeline(report(items, FINDINGS, { lines: [], at: new Date(0), nameOf }), to),
  };
  test.each(Object.keys(formats))('%s: stops what it is made of', async (format) => {
    const { state, items } = source();
    const to = slow();
    const done = formats[format]?.(items, to);
    await untilStill(() => state.made);
    expect(state.made).toBeLessThan(5_000);
    expect(state.stopped).toBe(false);
    to.destroy();
    await expect(done).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    expect(state.stopped).toBe(true);
  });
});

describe('rows', () => {
  const open = { ask: <T>(action: () => Promise<T>) => action() };

  test('are no more than wanted', async () => {
    let stopped = false;
    async function* numbers() {
      try {
        for (let n = 0; ; n++) yield n;
      } finally {
        stopped = true;
      }
    }
    expect(await Readable.from(first(3, await begun(numbers(), open))).toArray()).toEqual([0, 1, 2]);
    expect(stopped).toBe(true);
    expect(await Readable.from(await begun(of(), open)).toArray()).toEqual([]);
    expect(await Readable.from(first(0, of(1))).toArray()).toEqual([]);
  });

  test('tell at once what is wrong with the first', async () => {
    const away = { ask: () => Promise.reject(new Error('away')) };
    await expect(begun(of(1), away)).rejects.toThrow('away');
  });
});

describe('a report', () => {
  const at = new Date('2026-03-01T10:00:05.000Z');

  /** Texts of the pages, as they are shown; pdfkit writes hexadecimal Windows-1252. */
  function pagesOf(pdf: Buffer): string[] {
    const pages: string[] = [];
    let count = 'that nothing says';
    const bytes = pdf.toString('latin1');
    for (const { index, 0: head } of bytes.matchAll(/stream\n/g)) {
      if (bytes.slice(index - 3, index) === 'end') continue;
      const start = index + head.length;
      const content = inflateSync(pdf.subarray(start, bytes.indexOf('\nendstream', start))).toString('latin1');
      const [, said] = /\((of \d+)\) Tj/.exec(content) ?? [];
      if (said !== undefined) {
        count = said;
        continue;
      }
      const texts = [...content.matchAll(/\[(.*?)\] TJ/g)].map(([, parts = '']) =>
        [...parts.matchAll(/<([0-9a-f]*)>/g)]
          .map(([, hex = '']) => Buffer.from(hex, 'hex').toString('latin1'))
          .join(''),
      );
      const shown = /q 1 0 0 -1 [\d.]+ [\d.]+ cm \/PageCount Do Q/.test(content);
      pages.push(texts.map((one) => (shown && /^Page \d+ $/.test(one) ? `${one}{count}` : one)).join('\n'));
    }
    return pages.map((page) => page.replace('{count}', count));
  }

  async function made(items: AsyncGenerator<Finding>, lines: readonly string[] = []): Promise<string[]> {
    const parts = await Readable.from(report(items, FINDINGS, { lines, at, nameOf })).toArray();
    const pdf = Buffer.concat(parts as Buffer[]);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.subarray(-6).toString()).toBe('%%EOF\n');
    return pagesOf(pdf);
  }

  test('has a head, a table and its end', async () => {
    const [page, ...more] = await made(of(finding({ amended: true })), ['Made on a day.']);
    expect(more).toEqual([]);
    const expected = ['Findings', 'Made on a day.', 'Page 1 of 1', 'Verdict', '2026-03-01 09:30', 'Violation, amended'];
    for (const said of [...expected, 'Acme AB', 'No consent: basis', '0-12-3', 'Findings in this report: 1.']) {
      expect(page).toContain(said);
    }
  });

  test('numbers its pages, and repeats the column titles', async () => {
    const items = Array.from({ length: 100 }, (_, i) => finding({ id: `0-0-${i}` }));
    const pages = await made(of(...items));
    expect(pages.length).toBeGreaterThan(3);
    pages.forEach((page, i) => {
      expect(page).toContain(`Page ${i + 1} of ${pages.length}`);
      expect(page).toContain('Rules and clauses');
    });
    const ids = pages.join('\n').match(/^0-0-\d+$/gm);
    expect(ids).toEqual(items.map(({ id }) => id));
  });

  test('prints what its font has, and says where it has not', async () => {
    const [page] = await made(
      of(finding({ service: 'Bjørn – 5 €', purpose: 'łódź 漢字\u0007', controller: 'x'.repeat(2_000) })),
    );
    expect(page).toContain('Bjørn');
    expect(page).toContain('?ód? ???');
  });

  test('says what it has, from when it is, and what it stands on', () => {
    const root = Buffer.alloc(32);
    const of = {
      name: 'findings',
      query: { sort: '-occurredAt', rule: ['consent-missing', 'b'] },
      through: 1_234,
      at,
      nameOf,
    } as const;
    expect(reportLines({ ...of, total: 10, checkpoint: { size: 1_235, root, note: '', signedAt: 0 } })).toEqual([
      'Only those with rule No consent or b.',
      'Sorted by when it occurred, the latest first.',
      'Made on 2026-03-01 at 10:00:05 UTC, from 1,234 entries of the log.',
      `The newest signed checkpoint covers 1,235 entries, with the root hash ${root.toString('base64')}, as of 1970-01-01T00:00:00.000Z.`,
    ]);
    const lines = reportLines({ ...of, total: MAX_ROWS + 1, checkpoint: null });
    expect(lines.slice(-2)).toEqual([
      'No checkpoint of the log was signed yet.',
      'These are the first 5,000 of 5,001 findings. For all of them ask for the same as CSV: /api/v1/exports/findings.csv, with the same parameters.',
    ]);
  });
});

test('filters in words', () => {
  expect(filterWords({ sort: '-occurredAt' }, nameOf)).toBe('All of them.');
  const query = { controller: ['acme'], verdict: ['violation', 'gap', 'unreadable'], occurredFrom: 0, recordedTo: 1 };
  expect(filterWords(query, nameOf)).toBe(
    'Only those with controller Acme AB; verdict Violation, Gap, or Unreadable; occurred from 1970-01-01T00:00:00.000Z; ' +
      'recorded before 1970-01-01T00:00:00.001Z.',
  );
});

test.each([...SORTS, ...PROBLEM_SORTS])('the order %s in words', (sort) => {
  expect(sortWords(sort)).toMatch(/^Sorted by [a-z ]+, the (latest|earliest|most|fewest) first\.$/);
});

test.each([
  [undefined, 'all', 'hjemmel-findings-all-2026-03-01.csv'],
  [undefined, ['acme'], 'hjemmel-findings-acme-2026-03-01.csv'],
  [undefined, ['acme', 'other'], 'hjemmel-findings-2-controllers-2026-03-01.csv'],
  [['acme'], 'all', 'hjemmel-findings-acme-2026-03-01.csv'],
  [['acme', 'other', 'third'], ['acme'], 'hjemmel-findings-3-controllers-2026-03-01.csv'],
  [['../"x"\r\n'], 'all', 'hjemmel-findings-..__x___-2026-03-01.csv'],
] as const)('a file of %j for %j is %s', (asked, scope, name) => {
  const controllers = scope === 'all' ? scope : new Set(scope);
  expect(fileName('findings', 'csv', asked, { controllers }, Date.parse(TIME))).toBe(name);
});

test('columns have names of their own, and fill the page', () => {
  for (const { table, paper } of [FINDINGS, PROBLEMS]) {
    expect(new Set(table.map(({ name }) => name)).size).toBe(table.length);
    expect(paper.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1);
  }
});
