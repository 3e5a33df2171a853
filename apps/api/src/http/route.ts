import { applyDecorators, createParamDecorator, HttpCode, RequestMapping, RequestMethod } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { TObject, TSchema } from 'typebox';
import type { JsonText } from './json-text.js';
import type { Wire } from './schema.js';

/** What a route is, for who calls it, who checks it and who describes it. */
export interface RouteSpec<Answer extends TSchema = TSchema> {
  /** GET by default; a GET answers HEAD too. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below the controller's, as Nest has it: `:id/proof`. */
  readonly path?: string;
  readonly operationId: string;
  /** The resource that it belongs to. */
  readonly tag: Tag;
  /** A few words. */
  readonly summary: string;
  /** Markdown. */
  readonly description?: string;
  /** Object of parameters: texts, numbers, booleans, times (`TimeParameter`), and arrays of them, which can be repeated. */
  readonly query?: TObject;
  /** Object of texts. What does not fit is not found. */
  readonly params?: TObject;
  /** JSON content. */
  readonly body?: TObject;
  /** What a success has: JSON, unless `content` says otherwise. */
  readonly answer?: Answer;
  /** Media types of a success that the handler writes itself. */
  readonly content?: Readonly<Record<string, TSchema>>;
  /** Of a success; 200 by default. */
  readonly status?: 200 | 201 | 202 | 204 | 302;
  /** Header fields of a success, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses of problems besides those that every such route has: 400, 401, 403, 404 by its `params`, 413, 414, 415, 429, 500, 503. */
  readonly problems?: readonly number[];
  /** Everybody may ask. */
  readonly public?: boolean;
  /** Goes on for as long as the client reads: no limit to its time. */
  readonly streams?: boolean;
}

/** The resources, in the order in which they are described. */
export const TAGS = {
  access: 'Who asks, and what they may see.',
  findings: 'What was found about each record, with its reasons, its history and its proof.',
  problems: 'Findings of one cause, taken together, and what people decided about them.',
  statistics: 'Counts.',
  registers: 'What the controllers declare.',
  duties: 'What falls due in the next 30 days.',
  log: 'The state of the log that proves it all; the log itself is public under /log.',
  feed: 'What is new, as it comes.',
  exports: 'Findings and problems as files.',
  description: 'This document.',
} as const;
export type Tag = keyof typeof TAGS;

/** Metadata key of what `@Route` says. */
export const ROUTE = 'hjemmel:route';

type Answers<Answer extends TSchema> = Wire<Answer> | JsonText<Wire<Answer>>;
type Handler<Answer extends TSchema> = (...args: never[]) => Promise<Answers<Answer>> | Answers<Answer>;
type RouteDecorator<Answer extends TSchema> = <T extends Handler<Answer>>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<T>,
) => void;

/**
 * A handler of a controller as a route of the API: checked, limited and described by what stands here. What it answers
 * with is checked too, by the compiler.
 */
export function Route<Answer extends TSchema>(
  spec: RouteSpec<Answer> & { readonly answer: Answer },
): RouteDecorator<Answer>;
export function Route(spec: RouteSpec & { readonly answer?: never }): MethodDecorator;
export function Route(spec: RouteSpec): MethodDecorator {
  const { method = 'GET', path = '', status = 200 } = spec;
  return applyDecorators(
    RequestMapping({ method: RequestMethod[method], path }),
    HttpCode(status),
    (_target: object, _key?: string | symbol, descriptor?: PropertyDescriptor) => {
      Reflect.defineMetadata(ROUTE, spec, descriptor?.value as object);
    },
  );
}

/** What a handler is as a route; undefined: it is none. */
export function specOf(handler: object): RouteSpec | undefined {
  return Reflect.getMetadata(ROUTE, handler) as RouteSpec | undefined;
}

/** What a request asks for, checked and in the types of its schemas. */
export interface Asked {
  readonly query: unknown;
  readonly params: unknown;
  readonly body: unknown;
}

const asked = new WeakMap<object, Asked>();

/** Notes what a request asks for; the frame's business. */
export function setAsked(request: object, what: Asked): void {
  asked.set(request, what);
}

const part = (name: keyof Asked) =>
  createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
    const what = asked.get(context.switchToHttp().getRequest<Request>());
    if (what === undefined) throw new Error('This handler is no route: it has no @Route.');
    return what[name];
  });

/** Handler's parameter: the query, `Input<typeof schema>`. */
export const Query = part('query');
/** Handler's parameter: the path's parameters, `Input<typeof schema>`. */
export const Params = part('params');
/** Handler's parameter: the content, `Input<typeof schema>`. */
export const Body = part('body');

/** Handler's parameter: a signal that comes when nobody waits for the answer any more. */
export const Gone = createParamDecorator((_: unknown, context: ExecutionContext): AbortSignal => {
  const response = context.switchToHttp().getResponse<Response>();
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  response.once('close', () => gone.abort());
  return gone.signal;
});
