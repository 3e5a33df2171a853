import { expect } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** Of an OpenAPI document, what is looked at. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
}

export interface OpenApiOperation {
  readonly operationId: string;
  readonly parameters?: readonly OpenApiParameter[];
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
}

export interface OpenApiParameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  readonly explode?: boolean;
  readonly schema: Readonly<Record<string, unknown>>;
}

interface OpenApiResponse {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, OpenApiHeader>>;
  readonly content?: Readonly<Record<string, { readonly schema: Readonly<Record<string, unknown>> }>>;
}

interface OpenApiHeader {
  readonly $ref?: string;
  readonly required?: boolean;
  readonly schema?: Readonly<Record<string, unknown>>;
}

const PROBLEM = 'application/problem+json';

/** An OpenAPI document, by which answers are judged. */
export class Description {
  private readonly ajv: Ajv2020;
  private readonly compiled = new Map<string, ValidateFunction>();
  private readonly templates: readonly { readonly path: string; readonly pattern: RegExp }[];

  constructor(readonly document: OpenApiDocument) {
    this.ajv = new Ajv2020({ strict: false, allErrors: true });
    formats.default(this.ajv);
    this.ajv.addSchema(document, 'openapi');
    this.templates = Object.keys(document.paths)
      // What is written out goes before what a parameter stands for.
      .sort((a, b) => parametersIn(a) - parametersIn(b))
      .map((path) => ({ path, pattern: patternOf(path) }));
  }

  /** The description of a service, as it gives it itself. */
  static of(origin: string): Promise<Description> {
    let known = descriptions.get(origin);
    if (known === undefined) {
      known = fetch(`${origin}/api/openapi.json`)
        .then((response) => response.json())
        .then((document) => new Description(document as OpenApiDocument));
      descriptions.set(origin, known);
    }
    return known;
  }

  /**
   * Fails where an answer is not as described.
   *
   * @param body null: not looked at
   */
  check(method: string, path: string, { status, headers }: Response, body: Buffer | null): void {
    const said = {
      asked: `${method} ${path}`,
      status,
      type: headers.get('content-type'),
      body: body?.toString().slice(0, 500),
    };
    const of = this.templates.find(({ pattern }) => pattern.test(path))?.path;
    const operation =
      of === undefined ? undefined : this.document.paths[of]?.[method.replace('HEAD', 'GET').toLowerCase()];
    const type = headers.get('content-type')?.split(';')[0] ?? null;
    if (operation === undefined) {
      // Nothing is described there: no such path, or it does not take that method.
      expect({ ...said, type }).toMatchObject({ type: PROBLEM });
      if (of !== undefined)
        expect([
          { ...said, status: 405 },
          { ...said, status: 429 },
        ]).toContainEqual(said);
      this.checkBody('openapi#/components/schemas/ProblemDetails', type, body, said);
      return;
    }
    const pointer = this.resolve(
      `#/paths/${escape(of as string)}/${method.replace('HEAD', 'GET').toLowerCase()}/responses/${status}`,
    );
    const response = this.at(pointer) as OpenApiResponse | undefined;
    if (response === undefined) throw new Error(`The status is not described: ${JSON.stringify(said)}`);
    for (const name of Object.keys(response.headers ?? {})) {
      this.checkHeader(headers.get(name), this.resolve(`${pointer}/headers/${escape(name)}`), { ...said, name });
    }
    if (response.content === undefined) {
      expect({ ...said, length: body?.length ?? 0 }).toMatchObject({ length: 0 });
      return;
    }
    if (type === null || response.content[type] === undefined) {
      throw new Error(`The type of the content is not described: ${JSON.stringify(said)}`);
    }
    this.checkBody(`openapi${pointer}/content/${escape(type)}/schema`, type, body, said);
    if (status >= 400 && body !== null && body.length > 0) {
      expect({ ...said, told: (JSON.parse(body.toString()) as { status: number }).status }).toMatchObject({
        told: status,
      });
    }
  }

  private checkBody(schema: string, type: string | null, body: Buffer | null, said: object): void {
    if (body === null || body.length === 0) return;
    const value: unknown = isJson(type) ? JSON.parse(body.toString()) : body.toString();
    this.validate(schema, value, said);
  }

  private checkHeader(value: string | null, pointer: string, said: object): void {
    const header = this.at(pointer) as OpenApiHeader;
    if (value === null) {
      expect({ ...said, missing: header.required === true }).toMatchObject({ missing: false });
      return;
    }
    this.validate(`openapi${pointer}/schema`, value, said);
  }

  private validate(schema: string, value: unknown, said: object): void {
    let validate = this.compiled.get(schema);
    if (validate === undefined) {
      validate = this.ajv.compile({ $ref: schema });
      this.compiled.set(schema, validate);
    }
    if (validate(value)) return;
    throw new Error(`Not as described: ${this.ajv.errorsText(validate.errors)}\n${JSON.stringify(said, null, 2)}`);
  }

  /** The pointer itself, or what it refers to. */
  private resolve(pointer: string): string {
    const { $ref } = (this.at(pointer) ?? {}) as { $ref?: string };
    return $ref ?? pointer;
  }

  private at(pointer: string): unknown {
    return pointer
      .split('/')
      .slice(1)
      .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>(
        (value, step) => (value as Readonly<Record<string, unknown>> | undefined)?.[step],
        this.document,
      );
  }
}

const descriptions = new Map<string, Promise<Description>>();

/**
 * Fails where an answer of the api is not as its OpenAPI document says: status, header fields, type and content. What
 * goes on for ever (`text/event-stream`) is not read.
 *
 * @param method by which it was asked
 * @param by the description to go by, where it is not to be asked for
 * @returns the content: parsed, where it is JSON
 */
export async function expectDescribed(response: Response, method = 'GET', by?: Description): Promise<unknown> {
  const { origin, pathname } = new URL(response.url);
  const description = by ?? (await Description.of(origin));
  const endless = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const body = endless ? null : Buffer.from(await response.arrayBuffer());
  description.check(method, pathname, response, body);
  if (body === null) return null;
  const text = body.toString();
  return text !== '' && isJson(response.headers.get('content-type')) ? (JSON.parse(text) as unknown) : text;
}

/** Also with parameters, and `application/problem+json`; not JSON Lines. */
function isJson(type: string | null): boolean {
  return type !== null && /[/+]json(;|$)/.test(type);
}

function parametersIn(path: string): number {
  return path.split('{').length;
}

function patternOf(template: string): RegExp {
  const literal = template.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('[^/]+')}/?$`, 'i');
}

/** A step of a JSON pointer in a URI's fragment. */
function escape(step: string): string {
  return encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
}
