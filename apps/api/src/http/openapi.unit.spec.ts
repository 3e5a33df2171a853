import { Controller } from '@nestjs/common';
import Type from 'typebox';
import { describe, expect, test } from '@jest/globals';
import { Needs } from '../access/person.js';
import { CONTROLLERS } from '../api.module.js';
import { Description } from './described.fixture.js';
import type { OpenApiDocument } from './described.fixture.js';
import { describeRoutes } from './openapi.js';
import { Route } from './route.js';
import { methodsByPath, routesOf } from './routes.js';
import { commaSeparated, named, nullable, oneOf, TimeParameter } from './schema.js';

const OPTIONS = { issuer: new URL('https://id.example/realm/'), cookie: 'session' };
const Part = named('Part', { id: Type.String() }, 'A part.');
const Whole = named('Whole', { parts: Type.Array(Part), first: nullable(Part) });

@Controller('api/v1/wholes')
class WholesController {
  @Route({
    path: ':id/parts',
    operationId: 'listParts',
    tag: 'findings',
    summary: 'Parts',
    params: Type.Object({ id: Type.String({ description: 'Of the whole.' }) }),
    query: Type.Object({
      from: Type.Optional(TimeParameter),
      limit: Type.Integer({ default: 50 }),
      by: commaSeparated(oneOf(['day']), { description: 'By what.' }),
    }),
    answer: Whole,
    headers: { 'x-more': 'Whether there is more.' },
  })
  list() {
    return { parts: [], first: null };
  }

  @Needs('officer', 'admin')
  @Route({
    method: 'POST',
    status: 201,
    operationId: 'makeWhole',
    tag: 'findings',
    summary: 'Make one',
    description: 'Of parts.',
    body: Whole,
    answer: Whole,
    problems: [409],
  })
  make() {
    return { parts: [], first: null };
  }

  @Route({
    path: 'count',
    operationId: 'countWholes',
    tag: 'statistics',
    summary: 'How many',
    content: { 'text/plain': Type.String() },
    public: true,
  })
  count(): string {
    return '1';
  }

  undescribed(): void {}
}

const described = describeRoutes(routesOf([WholesController]), OPTIONS) as any;

describe('a document', () => {
  test('has what every reader needs', () => {
    expect(described).toMatchObject({
      openapi: '3.1.1',
      tags: [{ name: 'findings' }, { name: 'statistics' }],
      security: [{ openIdConnect: [] }, { bearer: [] }, { session: [] }],
      components: {
        securitySchemes: {
          openIdConnect: { openIdConnectUrl: 'https://id.example/realm/.well-known/openid-configuration' },
          session: { in: 'cookie', name: 'session' },
        },
      },
    });
    const alone = describeRoutes([], { issuer: null, cookie: 'session' }) as any;
    expect(alone.security).toEqual([{ bearer: [] }, { session: [] }]);
    expect(alone.components.securitySchemes.openIdConnect).toBeUndefined();
  });

  test('has each named schema once, as JSON Schema and nothing else', () => {
    expect(described.components.schemas.Whole).toEqual({
      type: 'object',
      required: ['parts', 'first'],
      additionalProperties: false,
      properties: {
        parts: { type: 'array', items: { $ref: '#/components/schemas/Part' } },
        first: { anyOf: [{ $ref: '#/components/schemas/Part' }, { type: 'null' }] },
      },
    });
    expect(Object.keys(described.components.schemas)).toEqual(['Part', 'ProblemDetails', 'RequestError', 'Whole']);
  });

  test('has no two schemas of one name', () => {
    @Controller('api/other')
    class OtherController {
      @Route({ operationId: 'other', tag: 'findings', summary: 'Other', answer: named('Part', { no: Type.Number() }) })
      other() {
        return { no: 1 };
      }
    }
    expect(() => describeRoutes(routesOf([WholesController, OtherController]), OPTIONS)).toThrow(/Part/);
  });

  test('has parameters as they are taken', () => {
    const { parameters } = described.paths['/api/v1/wholes/{id}/parts'].get;
    expect(parameters).toEqual([
      { name: 'id', in: 'path', required: true, description: 'Of the whole.', schema: { type: 'string' } },
      { name: 'from', in: 'query', required: false, schema: { type: 'string', format: 'date-time' } },
      { name: 'limit', in: 'query', required: false, schema: { type: 'integer', default: 50 } },
      {
        name: 'by',
        in: 'query',
        required: true,
        description: 'By what.',
        style: 'form',
        explode: false,
        schema: { type: 'array', items: { type: 'string', enum: ['day'] } },
      },
    ]);
  });

  test('has every answer that there can be', () => {
    const { get } = described.paths['/api/v1/wholes/{id}/parts'];
    expect(Object.keys(get.responses)).toEqual(['200', '400', '401', '403', '404', '414', '429', '500', '503']);
    expect(Object.keys(get.responses['200'].headers)).toEqual(['x-more', 'RateLimit', 'RateLimit-Policy']);
    const { post } = described.paths['/api/v1/wholes'];
    expect(Object.keys(post.responses)).toEqual([
      '201',
      '400',
      '401',
      '403',
      '409',
      '413',
      '414',
      '415',
      '429',
      '500',
      '503',
    ]);
    expect(described.components.responses.Conflict.content['application/problem+json'].schema).toEqual({
      $ref: '#/components/schemas/ProblemDetails',
    });
  });

  test('says who may', () => {
    expect(described.paths['/api/v1/wholes'].post.description).toBe(
      'Of parts.\n\nNeeds one of the roles `officer`, `admin`.',
    );
    expect(described.paths['/api/v1/wholes'].post.parameters).toEqual([{ $ref: '#/components/parameters/csrfToken' }]);
    const { get } = described.paths['/api/v1/wholes/count'];
    expect(get.security).toEqual([]);
    expect(Object.keys(get.responses)).toEqual(['200', '400', '414', '429', '500', '503']);
  });
});

test('the compiler refuses handlers that answer with something else', () => {
  class WrongController {
    // @ts-expect-error: a number is no text
    @Route({ operationId: 'wrong', tag: 'findings', summary: 'Wrong', answer: Part })
    wrong() {
      return { id: 5 };
    }

    @Route({ operationId: 'right', tag: 'findings', summary: 'Right', answer: Part })
    async right() {
      return { id: '5' } as const;
    }
  }
  expect(WrongController).toBeDefined();
});

test('paths take the methods of their routes', () => {
  const methodsOf = methodsByPath(routesOf([WholesController]));
  expect(methodsOf('/api/v1/wholes')).toEqual(['OPTIONS', 'POST']);
  expect(methodsOf('/api/v1/wholes/5/parts')).toEqual(['GET', 'HEAD', 'OPTIONS']);
  expect(methodsOf('/api/v1/wholes/5/parts/')).toEqual(['GET', 'HEAD', 'OPTIONS']);
  expect(methodsOf('/api/v1/wholes/5')).toEqual([]);
  expect(methodsOf('/api/v1/wholes/%zz/parts')).toEqual([]);
});

describe('the api', () => {
  const routes = routesOf(CONTROLLERS).filter(({ path }) => path.startsWith('/api/'));

  test('describes everything that it has', () => {
    expect(routes.filter(({ spec }) => spec === undefined).map(({ path }) => path)).toEqual([]);
    const ids = routes.map(({ spec }) => spec?.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(() => new Description(describeRoutes(routes, OPTIONS) as unknown as OpenApiDocument)).not.toThrow();
  });

  test('names in each path the parameters that it describes', () => {
    for (const { path, spec } of routes) {
      const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name);
      expect([path, Object.keys(spec?.params?.properties ?? {})]).toEqual([path, inPath]);
    }
  });
});

describe('an answer that is not as described is found out:', () => {
  const description = new Description(described as OpenApiDocument);
  const path = '/api/v1/wholes/5/parts';
  const headers = { 'content-type': 'application/json', RateLimit: 'x', 'RateLimit-Policy': 'x', 'x-more': 'no' };
  const whole = JSON.stringify({ parts: [], first: null });
  const check = (status: number, body: string, head: Record<string, string> = headers, at = path, method = 'GET') =>
    description.check(method, at, new Response(null, { status, headers: head }), Buffer.from(body));

  test('none', () => {
    expect(() => check(200, whole)).not.toThrow();
    expect(() => check(200, '', headers, path, 'HEAD')).not.toThrow();
  });
  const problem = { type: '/problems/not-found', title: 'T', status: 404, detail: 'D' };
  const problemHead = { 'content-type': 'application/problem+json' };
  test.each<[string, number, string, Record<string, string>?, string?, string?]>([
    ['a status', 202, whole],
    ['a field more', 200, JSON.stringify({ parts: [], first: null, more: 1 })],
    ['a field less', 200, JSON.stringify({ parts: [] })],
    ['another type in depth', 200, JSON.stringify({ parts: [{ id: 5 }], first: null })],
    ['a media type', 200, whole, { ...headers, 'content-type': 'text/html' }],
    ['a header field that is missing', 200, whole, { 'content-type': 'application/json' }],
    ['a problem of another status', 400, JSON.stringify(problem), problemHead],
    ['no details of a problem', 404, '{}', problemHead],
    ['a method', 200, whole, headers, path, 'PUT'],
    ['a path', 404, 'not found', { 'content-type': 'text/plain' }, '/api/v1/nowhere'],
  ])('%s', (_, ...answer) => {
    expect(() => check(...answer)).toThrow();
  });
  test('nothing, where a path is not there and that is told', () => {
    expect(() => check(404, JSON.stringify(problem), problemHead, '/api/v1/nowhere')).not.toThrow();
  });
});
