import { pipeline } from 'node:stream/promises';
import { Controller, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import Type from 'typebox';
import { MongoLogReader } from '#libs/trail';
import { TriageBook } from '#libs/triage';
import { ReadModels } from '#libs/views';
import { Who } from '../../access/person.js';
import type { Person } from '../../access/person.js';
import { Params, Query, Route } from '../../http/route.js';
import type { Input, Wire } from '../../http/schema.js';
import { MongoGate } from '../../mongo-gate.js';
import { filterOf, scopeOf } from '../filter.js';
import { findingSummary } from '../findings/finding-summary.js';
import { PeopleOfProblems } from '../people-of-problems.js';
import { sorted, withTriage } from '../problems/problem-list.js';
import { problemSummary } from '../problems/problem-text.js';
import type { ProblemSummary } from '../problems/schemas.js';
import { registerWith, RegisterShelf } from '../registers/register-shelf.js';
import { FINDINGS, PROBLEMS } from './exported.js';
import type { Exported } from './exported.js';
import { fileName } from './file-name.js';
import { MAX_ROWS, reportLines } from './report-head.js';
import { report, type ReportHead } from './report.js';
import { begun, first } from './rows.js';
import { ExportParams, FindingsExportQuery, ProblemsExportQuery } from './schemas.js';
import { writeCsv, writeJsonLines } from './table-formats.js';

type Format = Input<typeof ExportParams>['format'];

const TYPES: Readonly<Record<Format, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  jsonl: 'application/jsonl',
  pdf: 'application/pdf',
};

/** What is exported, for whom and how. */
interface Wanted {
  readonly format: Format;
  readonly query: { readonly controller?: readonly string[]; readonly sort: string };
  readonly person: Person;
  /** How many items there are. */
  readonly count: () => Promise<number>;
  readonly request: Request;
  readonly response: Response;
}

const ROUTE = {
  tag: 'exports',
  params: ExportParams,
  content: {
    'text/csv': Type.String({ description: 'RFC 4180: UTF-8, with a header line.' }),
    'application/jsonl': Type.String({ description: 'An item, as in the list, in each line.' }),
    'application/pdf': Type.String({ contentMediaType: 'application/pdf' }),
  },
  headers: { 'content-disposition': 'The name of the file; it tells the controller and the day.' },
  description:
    'All of them, under the same filters and in the same order as the list. In CSV, texts that a spreadsheet would take ' +
    `for a formula begin with an apostrophe. A PDF has ${MAX_ROWS.toLocaleString('en')} at most, and says so.`,
  streams: true,
} as const;

/** Findings and problems as files. */
@Controller('api/v1/exports')
export class ExportsController {
  constructor(
    private readonly models: ReadModels,
    private readonly triage: TriageBook,
    private readonly people: PeopleOfProblems,
    private readonly shelf: RegisterShelf,
    private readonly log: MongoLogReader,
    private readonly mongodb: MongoGate,
  ) {}

  @Route({
    ...ROUTE,
    path: 'findings.:format',
    operationId: 'exportFindings',
    summary: 'Findings as a file',
    query: FindingsExportQuery,
  })
  async findings(
    @Params() { format }: Input<typeof ExportParams>,
    @Query() query: Input<typeof FindingsExportQuery>,
    @Who() person: Person,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const [filter, scope] = [filterOf(query), scopeOf(person)];
    const rows = this.models.each(filter, scope, query.sort);
    const summaries = async function* () {
      for await (const row of rows) yield findingSummary(row);
    };
    const count = () => this.models.count(filter, scope);
    await this.send(summaries(), FINDINGS, { format, query, person, count, request, response });
  }

  @Route({
    ...ROUTE,
    path: 'problems.:format',
    operationId: 'exportProblems',
    summary: 'Problems as a file',
    query: ProblemsExportQuery,
  })
  async problems(
    @Params() { format }: Input<typeof ExportParams>,
    @Query() query: Input<typeof ProblemsExportQuery>,
    @Who() person: Person,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const problems = await this.mongodb.ask(() => this.problemsOf(query, person));
    const items = async function* () {
      yield* problems;
    };
    const count = async () => problems.length;
    await this.send(items(), PROBLEMS, { format, query, person, count, request, response });
  }

  private async problemsOf(
    query: Input<typeof ProblemsExportQuery>,
    person: Person,
  ): Promise<Wire<typeof ProblemSummary>[]> {
    const rows = await this.models.problems(filterOf(query), scopeOf(person), Date.now());
    const registers = await this.shelf.versions();
    const listed = withTriage(rows, this.triage, (id) => this.people.of(id), query);
    return sorted(listed, query.sort).map((problem) =>
      problemSummary(problem, registerWith(registers, problem.row.controller, problem.row.clause)),
    );
  }

  /** Sends a file. What is wrong before its first byte is a problem; after that the client sees that it breaks off. */
  private async send<T>(items: AsyncGenerator<T>, of: Exported<T>, wanted: Wanted): Promise<void> {
    const { format, query, person, request, response } = wanted;
    const at = new Date();
    const head = format === 'pdf' ? await this.mongodb.ask(() => this.headOf(of, wanted, at)) : null;
    const ready = await begun(items, this.mongodb);
    response.attachment(fileName(of.name, format, query.controller, scopeOf(person), at.getTime()));
    response.set('content-type', TYPES[format]);
    if (request.method === 'HEAD') {
      await ready.return(undefined);
      response.end();
      return;
    }
    await write(ready, of, format, head, response).catch((fault: unknown) => {
      if (!isGone(fault)) throw fault;
    });
  }

  private async headOf(of: Exported<never>, { query, count }: Wanted, at: Date): Promise<ReportHead> {
    const [total, checkpoint, registers] = await Promise.all([count(), this.log.checkpoint(), this.shelf.versions()]);
    const nameOf = (controller: string) => registers.get(controller)?.at(-1)?.register.name ?? controller;
    const lines = reportLines({ name: of.name, query, total, through: this.models.through, checkpoint, at, nameOf });
    return { lines, at, nameOf };
  }
}

/** @param head of a report; null: it is another kind of file */
function write<T>(
  items: AsyncGenerator<T>,
  of: Exported<T>,
  format: Format,
  head: ReportHead | null,
  response: Response,
): Promise<void> {
  if (head !== null) return pipeline(report(first(MAX_ROWS, items), of, head), response);
  return format === 'csv' ? writeCsv(items, of, response) : writeJsonLines(items, response);
}

/** The client has gone away. */
function isGone(fault: unknown): boolean {
  return (fault as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
}
