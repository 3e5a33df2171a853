import { STATUS_CODES } from 'node:http';
import type { TObject, TSchema } from 'typebox';
import { NEEDED } from '../access/person.js';
import { kindsOf, PROBLEM_TYPE, ProblemDetails, PROBLEMS } from './problem.js';
import { TAGS } from './route.js';
import { isCommaSeparated } from './schema.js';
import type { RouteSpec } from './route.js';
import type { RouteEntry } from './routes.js';

type Json = Readonly<Record<string, unknown>>;

export interface OpenApiOptions {
  /** The OpenID provider; null: none is set. */
  readonly issuer: URL | null;
  /** Name of the session's cookie. */
  readonly cookie: string;
}

/** Of the API, not of the program: what /api/v1 promises. */
const VERSION = '1.0.0';

const DESCRIPTION = `What was found about the processing of personal data, held against the published privacy policies, and
the proof of it.

- Times are ISO 8601, UTC, with milliseconds. Nothing is left out: what there is not is \`null\`.
- A filter may be given more than once: any of its values will do. Different filters must all hold. A query parameter that
  a resource does not know is refused.
- Lists come in pages: \`nextCursor\`, handed back as \`cursor\`, goes on behind the page; \`null\`: it was the last.
- You see what is of your controllers. Everything else does not exist for you.
- Whatever goes wrong is told as \`application/problem+json\` (RFC 9457).
- Programs send an OAuth 2.0 access token of the OpenID provider as a bearer token. Pages sign people in at \`/auth/login\` and have
  a session cookie; their requests other than GET and HEAD need the header \`x-csrf-token\`, with the \`csrfToken\` of
  \`/api/v1/me\`.`;

/** Statuses of problems that any request can meet: an unknown query parameter is refused everywhere. */
const ALWAYS = [400, 414, 429, 500, 503];

const CSRF_TOKEN = {
  name: 'x-csrf-token',
  in: 'header',
  required: false,
  description: 'The `csrfToken` of /api/v1/me; needed with a session, not with an access token.',
  schema: { type: 'string' },
};

const RATE_LIMIT = {
  description:
    'How many requests are left in this minute, and in how many seconds it ends (RateLimit header fields, draft 8).',
  required: true,
  schema: { type: 'string', examples: ['"hjemmel"; r=599; t=60'] },
};

const RATE_LIMIT_POLICY = {
  description: 'How many requests there may be a minute.',
  required: true,
  schema: { type: 'string', examples: ['"hjemmel"; q=600; w=60; pk=:YjJmNTAzMTkxNmQ4:'] },
};

const RETRY_AFTER = {
  description: 'Seconds after which to ask again.',
  schema: { type: 'string', pattern: '^\\d+$' },
};

const RATE_HEADERS = Object.fromEntries(
  ['RateLimit', 'RateLimit-Policy'].map((name) => [name, { $ref: `#/components/headers/${name}` }]),
);

/**
 * Describes routes as an OpenAPI 3.1 document. Pure: the same routes give the same document.
 *
 * @param routes those without a `spec` are left out
 */
export function describeRoutes(routes: readonly RouteEntry[], { issuer, cookie }: OpenApiOptions): Json {
  const schemas: Record<string, Json> = {};
  const statuses = new Set<number>();
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const { spec, method, path } = route;
    if (spec === undefined) continue;
    const problems = problemStatuses(spec);
    for (const status of problems) statuses.add(status);
    const operations = (paths[path.replaceAll(/:(\w+)/g, '{$1}')] ??= {});
    operations[method.toLowerCase()] = operation(route, spec, problems, schemas);
  }
  const used = Object.values(paths).flatMap((operations) => Object.values(operations).flatMap(({ tags }) => tags));
  const responses = Object.fromEntries(
    [...statuses].sort((a, b) => a - b).map((status) => [responseName(status), problemResponse(status, schemas)]),
  );
  return {
    openapi: '3.1.1',
    info: {
      title: 'Hjemmel',
      version: VERSION,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The service that this document comes from.' }],
    tags: Object.entries(TAGS)
      .filter(([name]) => used.includes(name))
      .map(([name, description]) => ({ name, description })),
    security: [...(issuer === null ? [] : [{ openIdConnect: [] }]), { bearer: [] }, { session: [] }],
    paths: sorted(paths),
    components: {
      schemas: sorted(schemas),
      responses,
      parameters: { csrfToken: CSRF_TOKEN },
      headers: { RateLimit: RATE_LIMIT, 'RateLimit-Policy': RATE_LIMIT_POLICY },
      securitySchemes: {
        ...(issuer === null ? {} : { openIdConnect: { type: 'openIdConnect', openIdConnectUrl: discoveryOf(issuer) } }),
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'An access token of the OpenID provider, for programs.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: cookie,
          description: 'The session of somebody who signed in at /auth/login.',
        },
      },
    },
  };
}

/** OpenID Connect Discovery 1.0 §4. */
function discoveryOf({ href }: URL): string {
  return `${href.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

function operation(
  { handler, controller, method }: RouteEntry,
  spec: RouteSpec,
  problems: readonly number[],
  schemas: Record<string, Json>,
): Json {
  const isPublic = spec.public === true;
  const parameters = [
    ...parametersOf(spec.params, 'path', schemas),
    ...parametersOf(spec.query, 'query', schemas),
    ...(isPublic || method === 'GET' ? [] : [{ $ref: '#/components/parameters/csrfToken' }]),
  ];
  const roles = (Reflect.getMetadata(NEEDED, handler) ?? Reflect.getMetadata(NEEDED, controller)) as
    string[] | undefined;
  const needs = roles === undefined ? [] : [`Needs one of the roles ${roles.map((role) => `\`${role}\``).join(', ')}.`];
  const description = [...(spec.description === undefined ? [] : [spec.description]), ...needs].join('\n\n');
  const content = contentOf(spec, schemas);
  const headers = { ...described(spec.headers), ...RATE_HEADERS };
  return {
    operationId: spec.operationId,
    tags: [spec.tag],
    summary: spec.summary,
    ...(description === '' ? {} : { description }),
    ...(isPublic ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(spec.body === undefined ? {} : { requestBody: requestBody(spec.body, schemas) }),
    responses: {
      [spec.status ?? 200]: { description: `${spec.summary}.`, headers, ...(content === null ? {} : { content }) },
      ...Object.fromEntries(
        problems.map((status) => [status, { $ref: `#/components/responses/${responseName(status)}` }]),
      ),
    },
  };
}

function requestBody(body: TObject, schemas: Record<string, Json>): Json {
  return { required: true, content: { 'application/json': { schema: hoist(body, schemas) } } };
}

/** null: a success has no content. */
function contentOf({ answer, content }: RouteSpec, schemas: Record<string, Json>): Json | null {
  if (content === undefined && answer === undefined) return null;
  const types = content ?? { 'application/json': answer };
  return Object.fromEntries(Object.entries(types).map(([type, schema]) => [type, { schema: hoist(schema, schemas) }]));
}

/** Statuses of the problems that a route has, ascending. */
function problemStatuses(spec: RouteSpec): number[] {
  const statuses = [
    ...ALWAYS,
    ...(spec.public === true ? [] : [401, 403]),
    ...(spec.params === undefined ? [] : [404]),
    ...(spec.body === undefined ? [] : [413, 415]),
    ...(spec.problems ?? []),
  ];
  return [...new Set(statuses)].sort((a, b) => a - b);
}

function problemResponse(status: number, schemas: Record<string, Json>): Json {
  const kinds = kindsOf(status);
  return {
    description: kinds.map((kind) => `\`${kind}\`: ${PROBLEMS[kind].detail}`).join('\n\n'),
    ...(status === 429 || status === 503
      ? { headers: { 'Retry-After': { ...RETRY_AFTER, required: status === 429 } } }
      : {}),
    content: { [PROBLEM_TYPE]: { schema: hoist(ProblemDetails, schemas) } },
  };
}

/** `NotFound`, of 404. */
function responseName(status: number): string {
  return (STATUS_CODES[status] ?? String(status)).replaceAll(/[^A-Za-z]/g, '');
}

function parametersOf(schema: TObject | undefined, place: 'path' | 'query', schemas: Record<string, Json>): Json[] {
  if (schema === undefined) return [];
  const required = new Set(schema.required as readonly string[] | undefined);
  return Object.entries(schema.properties as Record<string, TSchema>).map(([name, of]) => {
    const { description, ...rest } = hoist(of, schemas) as { description?: string };
    return {
      name,
      in: place,
      // What has a default need not be given.
      required: place === 'path' || (required.has(name) && !('default' in of)),
      ...(description === undefined ? {} : { description }),
      ...(isCommaSeparated(of) ? { style: 'form', explode: false } : {}),
      schema: rest,
    };
  });
}

/**
 * A schema in which those that have a name (`$id`) are referred to; they go to the components.
 *
 * @param schemas the components; gets those that are found
 * @throws Error where two different ones have the same name
 */
function hoist(schema: unknown, schemas: Record<string, Json>): Json {
  return walk(schema, schemas) as Json;
}

function walk(node: unknown, schemas: Record<string, Json>): unknown {
  if (Array.isArray(node)) return node.map((item) => walk(item, schemas));
  if (typeof node !== 'object' || node === null) return node;
  const { $id, ...rest } = node as { $id?: unknown };
  const plain = Object.fromEntries(
    Object.entries(rest)
      // The library's own notes are no JSON Schema.
      .filter(([key]) => !key.startsWith('~'))
      .map(([key, value]) => [key, walk(value, schemas)]),
  );
  if (typeof $id !== 'string') return plain;
  const known = schemas[$id];
  if (known !== undefined && JSON.stringify(known) !== JSON.stringify(plain)) {
    throw new Error(`Two schemas have the name ${$id}.`);
  }
  schemas[$id] = plain;
  return { $ref: `#/components/schemas/${$id}` };
}

function described(headers: Readonly<Record<string, string>> = {}): Json {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
