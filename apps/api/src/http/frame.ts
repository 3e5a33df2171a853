import { Injectable } from '@nestjs/common';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { map, throwError, timeout } from 'rxjs';
import type { Observable } from 'rxjs';
import Type from 'typebox';
import type { TObject } from 'typebox';
import { readBody, readParams, readQuery } from './input.js';
import { JsonText } from './json-text.js';
import { Problem } from './problem.js';
import { setAsked, specOf } from './route.js';
import type { RouteSpec } from './route.js';

/** ms that an answer may take to begin. */
const ANSWER_WITHIN = 20_000;

const NO_PARAMETERS = Type.Object({});

/** What stands around every handler that is a `@Route`: its input is checked, and its time limited. */
@Injectable()
export class RouteFrame implements NestInterceptor {
  constructor(private readonly answerWithin = ANSWER_WITHIN) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const spec = specOf(context.getHandler());
    if (spec === undefined) return next.handle();
    const request = context.switchToHttp().getRequest<Request>();
    setAsked(request, read(spec, request));
    const response = context.switchToHttp().getResponse<Response>();
    response.setHeader('cache-control', spec.public === true ? 'no-cache' : 'no-store');
    if (spec.streams === true) return next.handle();
    const late = () => throwError(() => new Problem('timeout'));
    return next.handle().pipe(
      timeout({ first: this.answerWithin, with: late }),
      map((answer: unknown) => (answer instanceof JsonText ? sendText(answer, response) : answer)),
    );
  }
}

function sendText({ text }: JsonText<unknown>, response: Response): string {
  response.type('json');
  return text;
}

function read(spec: RouteSpec, request: Request) {
  const { originalUrl, params } = request;
  const at = originalUrl.indexOf('?');
  return {
    params: spec.params === undefined ? {} : readParams(spec.params, params),
    query: readQuery(spec.query ?? NO_PARAMETERS, at === -1 ? '' : originalUrl.slice(at + 1)),
    body: spec.body === undefined ? undefined : readContent(spec.body, request),
  };
}

function readContent(schema: TObject, request: Request): unknown {
  if (request.is('application/json') === false) throw new Problem('unsupported-media-type');
  return readBody(schema, request.body);
}
