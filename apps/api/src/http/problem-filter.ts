import { randomUUID } from 'node:crypto';
import { Catch, HttpException } from '@nestjs/common';
import type { ArgumentsHost, HttpServer } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { MongoAway } from '../mongo-gate.js';
import { isApi } from './paths.js';
import type { RateLimit } from './limits.js';
import { kindsOf, Problem, PROBLEM_TYPE } from './problem.js';

/** Whatever goes wrong under /api and /auth, as problem details (RFC 9457); elsewhere as Nest has it. */
@Catch()
export class ProblemFilter extends BaseExceptionFilter {
  /** @param methodsOf which methods a path takes; none: there is no such path */
  constructor(
    private readonly methodsOf: (path: string) => readonly string[],
    private readonly limit: Pick<RateLimit, 'count'>,
    private readonly log: Logger,
    adapter: HttpServer,
  ) {
    super(adapter);
  }

  override catch(fault: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    if (!isApi(request.path)) {
      super.catch(fault, host);
      return;
    }
    if (response.headersSent) {
      this.note(fault, undefined);
      response.destroy();
      return;
    }
    if (isNoRoute(fault)) {
      const methods = this.methodsOf(request.path);
      if (methods.length > 0) {
        this.counted(request, response, () => otherMethod(request, response, methods));
        return;
      }
    }
    const problem = problemOf(fault);
    if (problem.status !== 500) {
      this.counted(request, response, () => sendProblem(response, problem));
      return;
    }
    const instance = `urn:uuid:${randomUUID()}`;
    this.note(fault, instance);
    sendProblem(response, problem, instance);
  }

  /** What is refused may not have come to the guard that counts. */
  private counted(request: Request, response: Response, answer: () => void): void {
    void this.limit
      .count(request, response)
      .then(answer, (tooMany: unknown) => sendProblem(response, problemOf(tooMany)));
  }

  private note(fault: unknown, instance: string | undefined): void {
    this.log.error({ instance }, `a request failed: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
}

/** Answers with a problem. */
export function sendProblem(response: Response, problem: Problem, instance?: string): void {
  response
    .status(problem.status)
    .set({ ...problem.headers, 'cache-control': 'no-store', 'content-type': PROBLEM_TYPE })
    .send(Buffer.from(JSON.stringify(problem.details(instance))));
}

/** The path is there, and takes other methods; OPTIONS asks which. */
function otherMethod(request: Request, response: Response, methods: readonly string[]): void {
  const headers = { allow: methods.join(', ') };
  if (request.method === 'OPTIONS') response.status(204).set(headers).end();
  else sendProblem(response, new Problem('method-not-allowed', { headers }));
}

/** Nest's router found no handler; handlers themselves throw a Problem. */
function isNoRoute(fault: unknown): boolean {
  return fault instanceof HttpException && fault.getStatus() === 404;
}

function problemOf(fault: unknown): Problem {
  if (fault instanceof Problem) return fault;
  if (fault instanceof MongoAway) return new Problem('unavailable');
  const [kind] = kindsOf(statusOf(fault));
  if (kind === undefined || kind === 'internal') return new Problem('internal');
  return kind === 'invalid-request' ? new Problem(kind, { detail: MALFORMED }) : new Problem(kind);
}

/** What Express and its body parser refuse. */
const MALFORMED = 'The path has an escape that is none, or the content is no JSON.';

/** The status that an error of Nest's or of Express's asks for. */
function statusOf(fault: unknown): number {
  if (fault instanceof HttpException) return fault.getStatus();
  const { status } = (fault ?? {}) as { status?: unknown };
  return typeof status === 'number' ? status : 500;
}
