import { Controller } from '@nestjs/common';
import type { Register } from '#libs/register';
import { refusal, TriageBook, TriageStore } from '#libs/triage';
import { ReadModels, type FindingFilter } from '#libs/views';
import { Needs, Who } from '../../access/person.js';
import type { Person } from '../../access/person.js';
import { notFound, Problem as ProblemFault } from '../../http/problem.js';
import { Body, Params, Query, Route } from '../../http/route.js';
import type { Input, Wire } from '../../http/schema.js';
import { MongoGate } from '../../mongo-gate.js';
import { readCursor, writeCursor } from '../cursor.js';
import { filterOf, scopeOf } from '../filter.js';
import { Freshness } from '../freshness.js';
import { PeopleOfProblems } from '../people-of-problems.js';
import { RegisterShelf } from '../registers/register-shelf.js';
import { TriageRequest } from '../triage/schemas.js';
import { pageOfProblems, sorted, withTriage, type ListedProblem, type ProblemCursor } from './problem-list.js';
import { problemDetail, problemSummary } from './problem-text.js';
import { Problem, ProblemPage, ProblemParams, ProblemsQuery } from './schemas.js';

const MEANWHILE = 'Something was said of this problem meanwhile; look at it first.';

/** Findings that have their cause in common, and what people decide about them. */
@Controller('api/v1/problems')
export class ProblemsController {
  constructor(
    private readonly models: ReadModels,
    private readonly triage: TriageBook,
    private readonly store: TriageStore,
    private readonly people: PeopleOfProblems,
    private readonly shelf: RegisterShelf,
    private readonly fresh: Freshness,
    private readonly mongodb: MongoGate,
  ) {}

  @Route({
    operationId: 'listProblems',
    tag: 'problems',
    summary: 'Problems, those seen last first',
    description: 'Numbers of findings are of those that the filters choose; times and trends are of all.',
    query: ProblemsQuery,
    answer: ProblemPage,
  })
  async list(@Query() query: Input<typeof ProblemsQuery>, @Who() person: Person): Promise<Wire<typeof ProblemPage>> {
    const { sort, limit } = query;
    const after = readCursor(query.cursor, toCursor);
    const { through } = this.models;
    const all = sorted(await this.choose(filterOf(query), person, query), sort);
    const { items, next } = pageOfProblems(all, sort, limit, after);
    const registers = await this.registersOf(items);
    return {
      items: items.map((problem, i) => problemSummary(problem, registers[i] ?? null)),
      total: all.length,
      nextCursor: next === null ? null : writeCursor([next.value, next.id]),
      through,
    };
  }

  @Route({
    path: ':id',
    operationId: 'getProblem',
    tag: 'problems',
    summary: 'A problem, with its days and purposes and what was said of it',
    params: ProblemParams,
    answer: Problem,
  })
  async one(@Params() { id }: Input<typeof ProblemParams>, @Who() person: Person): Promise<Wire<typeof Problem>> {
    return this.detail(await this.find(id, person), person);
  }

  @Needs('officer', 'admin')
  @Route({
    method: 'POST',
    path: ':id/triage',
    status: 201,
    operationId: 'triageProblem',
    tag: 'problems',
    summary: 'Say something of a problem',
    description: 'What is said is added to what was said before, with who said it and when; nothing is ever changed.',
    params: ProblemParams,
    body: TriageRequest,
    answer: Problem,
    problems: [409],
  })
  async say(
    @Params() { id }: Input<typeof ProblemParams>,
    @Body() { action, comment, reason, assignee, seen }: Input<typeof TriageRequest>,
    @Who() person: Person,
  ): Promise<Wire<typeof Problem>> {
    const problem = await this.find(id, person);
    await this.fresh.look();
    // Who was answered by another process of the api may have seen more than this one.
    if (seen !== undefined && seen > this.triage.entries(id).length)
      await this.mongodb.ask(() => this.triage.reread(id));
    const known = this.triage.entries(id).length;
    if (seen !== undefined && seen < known) throw new ProblemFault('conflict', { detail: MEANWHILE });
    const refused = refusal(this.triage.state(id), action);
    if (refused !== null) throw new ProblemFault('conflict', { detail: refused });
    const statement = {
      action,
      comment: comment ?? null,
      reason: action === 'resolve' ? (reason ?? null) : null,
      assignee: action === 'assign' ? (assignee ?? null) : null,
    };
    const { subject, name } = person;
    const added = await this.mongodb.ask(() => this.store.add(id, known, statement, { subject, name }, Date.now()));
    if (!added) {
      await this.mongodb.ask(() => this.triage.reread(id));
      throw new ProblemFault('conflict', { detail: MEANWHILE });
    }
    await this.fresh.look();
    return this.detail({ ...problem, state: this.triage.state(id) }, person);
  }

  private async detail(problem: ListedProblem, person: Person): Promise<Wire<typeof Problem>> {
    const { id } = problem.row;
    const filter: FindingFilter = { problems: [id] };
    const scope = scopeOf(person);
    const [byPurpose, byDay, [register]] = await Promise.all([
      this.models.statistics(filter, scope, ['purpose']),
      this.models.statistics(filter, scope, ['day']),
      this.registersOf([problem]),
    ]);
    return problemDetail({
      problem,
      register: register ?? null,
      byPurpose: [...byPurpose],
      byDay: [...byDay],
      entries: this.triage.entries(id),
    });
  }

  private async find(id: string, person: Person): Promise<ListedProblem> {
    const [problem] = await this.choose({ problems: [id] }, person, {});
    if (problem === undefined) throw notFound();
    return problem;
  }

  private async choose(
    filter: FindingFilter,
    person: Person,
    choice: { readonly status?: readonly string[] | undefined; readonly assignee?: readonly string[] | undefined },
  ): Promise<ListedProblem[]> {
    const rows = await this.mongodb.ask(() => this.models.problems(filter, scopeOf(person), Date.now()));
    return withTriage(rows, this.triage, (id) => this.people.of(id), choice);
  }

  /** For each problem the newest register that has its clause; null where there is none. */
  private async registersOf(problems: readonly ListedProblem[]): Promise<(Register | null)[]> {
    const versions = await this.mongodb.ask(() => this.shelf.versions());
    return problems.map(({ row: { controller, clause } }) => {
      if (controller === null || clause === null) return null;
      const found = versions.get(controller)?.findLast(({ register }) => register.clauses.has(clause));
      return found?.register ?? null;
    });
  }
}

function toCursor(place: readonly unknown[]): ProblemCursor | null {
  const [value, id] = place;
  return place.length === 2 && Number.isFinite(value) && typeof id === 'string' ? { value: value as number, id } : null;
}
