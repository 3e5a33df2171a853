import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { personOf } from '../access/person.js';
import { isApi } from './paths.js';
import { Problem } from './problem.js';
import { specOf } from './route.js';

/** Bytes of the content of a request: the longest is a comment of 4,000 characters. */
export const MAX_CONTENT_BYTES = 16 * 1024;
/** Characters of path and query together. */
const MAX_URL_LENGTH = 8_000;

const MINUTE = 60_000;

/** Middleware: turns back what is too long to be looked at. */
export function limitUrl(request: Request, _: Response, next: NextFunction): void {
  next(isApi(request.path) && request.originalUrl.length > MAX_URL_LENGTH ? new Problem('uri-too-long') : undefined);
}

/**
 * Counts what each person asks for, whatever their address; and by address what everybody may ask for, and what is
 * refused before it is known who asks. As a guard it comes after the one that says who it is.
 */
export class RateLimit implements CanActivate {
  private readonly limit: RequestHandler;
  private readonly counted = new WeakSet<object>();

  /** @param perMinute requests that each may make */
  constructor(perMinute: number) {
    this.limit = rateLimit({
      windowMs: MINUTE,
      limit: perMinute,
      keyGenerator: (request) => keys.get(request) ?? `address:${ipKeyGenerator(request.ip ?? '')}`,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      identifier: 'hjemmel',
      handler: (_request, _response, next) => next(new Problem('too-many-requests')),
      // Of its own set-up, told on the console.
      validate: false,
    });
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    if (!isApi(request.path)) return true;
    const spec = specOf(context.getHandler());
    if (spec !== undefined && spec.public !== true) keys.set(request, `person:${personOf(request).subject}`);
    await this.count(request, context.switchToHttp().getResponse<Response>());
    return true;
  }

  /**
   * Counts a request once, and tells the client in the header what is left.
   *
   * @throws Problem where it is one too many
   */
  async count(request: Request, response: Response): Promise<void> {
    if (this.counted.has(request)) return;
    this.counted.add(request);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    await this.limit(request, response, (fault?: unknown) => (fault === undefined ? resolve() : reject(fault)));
    return promise;
  }
}

/** Whose count a request goes to, where it is a person's. */
const keys = new WeakMap<object, string>();
