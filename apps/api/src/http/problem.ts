import Type from 'typebox';
import { named } from './schema.js';
import type { Wire } from './schema.js';

/** A kind of problem, as RFC 9457 has it. */
interface Kind {
  readonly status: number;
  readonly title: string;
  /** What is said where there is nothing closer to say. */
  readonly detail: string;
  /** Header fields that come with it. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Seconds after which to ask again while the database is away. */
const RETRY_AFTER_S = '2';

/** The problems that a request can meet, by the last part of their `type`: a promise to clients. */
export const PROBLEMS = {
  'invalid-request': {
    status: 400,
    title: 'Invalid request',
    detail: 'The request is not one that this resource takes; see `errors`.',
  },
  unauthenticated: {
    status: 401,
    title: 'Not signed in',
    detail: 'Sign in, or send an access token.',
    headers: { 'www-authenticate': 'Bearer' },
  },
  forbidden: { status: 403, title: 'Not allowed', detail: 'Your roles do not allow this.' },
  'csrf-token': {
    status: 403,
    title: 'CSRF token missing or wrong',
    detail: 'Send the `csrfToken` of /api/v1/me in the header x-csrf-token.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    detail: 'There is nothing here, or nothing for you to see.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    detail: 'This resource does not take that method; the header allow names those that it takes.',
  },
  conflict: { status: 409, title: 'Conflict', detail: 'This is not possible in the state that it is in now.' },
  'content-too-large': {
    status: 413,
    title: 'Content too large',
    detail: 'The content of a request may have 16 KiB.',
  },
  'uri-too-long': { status: 414, title: 'URI too long', detail: 'Path and query together may have 8,000 characters.' },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported media type',
    detail: 'Send the content as application/json in UTF-8.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    detail: 'Ask again when the header retry-after says.',
  },
  internal: {
    status: 500,
    title: 'Internal error',
    detail: 'This went wrong on our side; the log of the service has more under this `instance`.',
  },
  unavailable: {
    status: 503,
    title: 'Database away',
    detail: 'The database does not answer; try again in some seconds.',
    headers: { 'retry-after': RETRY_AFTER_S },
  },
  'access-not-configured': {
    status: 503,
    title: 'Access is not configured',
    detail: 'This service has no OpenID provider (OIDC_ISSUER) by which people and programs could be known.',
  },
  'provider-away': {
    status: 503,
    title: 'OpenID provider away',
    detail: 'The OpenID provider, where people and programs log in, does not answer; try again in some seconds.',
    headers: { 'retry-after': RETRY_AFTER_S },
  },
  timeout: {
    status: 503,
    title: 'Out of time',
    detail: 'The answer took too long; ask for less, or again a little later.',
    headers: { 'retry-after': RETRY_AFTER_S },
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type ProblemKind = keyof typeof PROBLEMS;

/** Where the documentation of problems stands; relative to the service. */
const BASE = '/problems/';

export const PROBLEM_TYPE = 'application/problem+json';

/** What is wrong with one part of a request. */
export const RequestError = named('RequestError', {
  parameter: Type.String({ description: 'The query parameter, or the place in the content as a JSON pointer.' }),
  detail: Type.String(),
});

export const ProblemDetails = Type.Object(
  {
    type: Type.String({ format: 'uri-reference', examples: [`${BASE}not-found`], description: describedKinds() }),
    title: Type.String(),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    detail: Type.String(),
    instance: Type.Optional(
      Type.String({ format: 'uri', description: 'Names this occurrence in the log of the service, where it has one.' }),
    ),
    errors: Type.Optional(Type.Array(RequestError, { minItems: 1 })),
  },
  { $id: 'ProblemDetails', additionalProperties: false, description: 'RFC 9457.' },
);

interface ProblemOptions {
  readonly detail?: string;
  readonly errors?: readonly Wire<typeof RequestError>[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a request under /api or /auth is answered with in place of what it asked for. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly headers: Readonly<Record<string, string>>;
  private readonly body: Wire<typeof ProblemDetails>;

  constructor(
    readonly kind: ProblemKind,
    { detail, errors, headers }: ProblemOptions = {},
  ) {
    const of: Kind = PROBLEMS[kind];
    super(detail ?? of.detail);
    this.headers = { ...of.headers, ...headers };
    this.body = {
      type: `${BASE}${kind}`,
      title: of.title,
      status: of.status,
      detail: this.message,
      ...(errors === undefined ? {} : { errors }),
    };
  }

  get status(): number {
    return this.body.status;
  }

  /** @param instance URI of this occurrence */
  details(instance?: string): Wire<typeof ProblemDetails> {
    return instance === undefined ? this.body : { ...this.body, instance };
  }
}

/** The one problem there is for an id that nobody may know more about. */
export const notFound = (): Problem => new Problem('not-found');

/** A request of which one parameter is wrong. */
export function invalid(parameter: string, detail: string): Problem {
  return new Problem('invalid-request', { errors: [{ parameter, detail }] });
}

/** Kinds of problem that come with a status. */
export function kindsOf(status: number): ProblemKind[] {
  return (Object.keys(PROBLEMS) as ProblemKind[]).filter((kind) => PROBLEMS[kind].status === status);
}

function describedKinds(): string {
  const lines = Object.entries(PROBLEMS).map(
    ([kind, { status, detail }]) => `- \`${BASE}${kind}\` (${status}): ${detail}`,
  );
  return `Which kind of problem it is; never changes.\n\n${lines.join('\n')}`;
}
