/** What can go wrong with a request, in a form that the page can explain. */

/** Problem details as RFC 9457 has them, with the faults of single parameters. */
export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string | null;
  readonly errors: readonly { readonly parameter: string; readonly detail: string }[];
}

/** The api answered, and said no. */
export class ApiError extends Error {
  readonly problem: ProblemDetails;

  constructor(problem: ProblemDetails) {
    super(problem.detail ?? problem.title);
    this.name = 'ApiError';
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** No answer at all: the network or the server is away. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super('The server does not answer.', { cause });
    this.name = 'Unreachable';
  }
}

/** A view's code did not come: the server is away, or has been replaced by another version since the page was loaded. */
export class CodeMissing extends Error {
  constructor(cause: unknown) {
    super('The code of this view did not come.', { cause });
    this.name = 'CodeMissing';
  }
}

/** Problem details out of a body of any shape; a proxy's page of HTML is an answer too. */
export function problemDetails(status: number, statusText: string, body: unknown): ProblemDetails {
  const said = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const text = (key: string): string | null => (typeof said[key] === 'string' && said[key] !== '' ? said[key] : null);
  return {
    type: text('type') ?? 'about:blank',
    title: text('title') ?? (statusText || `HTTP ${status}`),
    status,
    detail: text('detail'),
    errors: Array.isArray(said.errors) ? said.errors.filter(isParameterFault) : [],
  };
}

function isParameterFault(value: unknown): value is { parameter: string; detail: string } {
  return typeof value === 'object' && value !== null && 'parameter' in value && 'detail' in value;
}

/** How often a failed request is tried again. */
const RETRIES = 2;

/** Whether to try again: never what the api refused, which it would refuse again, but for 408 and 429. */
export function retries(failures: number, error: unknown): boolean {
  if (failures >= RETRIES) return false;
  if (!(error instanceof ApiError)) return true;
  return error.status >= 500 || error.status === 408 || error.status === 429;
}
