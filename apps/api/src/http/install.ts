import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { ACCESS, type Access } from '../access/access.js';
import { Metrics, routeIs } from '../metrics.js';
import { isApi } from './paths.js';
import { limitUrl, MAX_CONTENT_BYTES } from './limits.js';
import { servePage } from './page.js';
import { secureHeaders } from './secure-headers.js';

export interface HttpSettings {
  /** Requests that a person, a program or an address may make in a minute. */
  readonly rateLimit: number;
  /** Where the built page lies; null: beside the build. */
  readonly dashboard: string | null;
  /** Addresses of the proxies in front, of which the client's address is taken; none: what they say is not believed. */
  readonly trustedProxies: readonly string[];
}

/** `dist/dashboard`, seen from `dist/apps/api/src/http`. */
const BUILT_PAGE = join(dirname(fileURLToPath(import.meta.url)), '../../../../dashboard');

/** What every request meets before its handler; to be called before anything else is put in its way. */
export function installHttp(app: NestExpressApplication, settings: HttpSettings): void {
  const { dashboard, trustedProxies } = settings;
  if (trustedProxies.length > 0) app.set('trust proxy', trustedProxies);
  // Of answers that nobody may keep: a hash of each would be for nothing. What may be kept has one of its own.
  app.set('etag', false);
  app.use(app.get(Metrics).count);
  app.use(nameRoute);
  app.use(secureHeaders());
  app.use(limitUrl);
  app.use(servePage(dashboard ?? BUILT_PAGE, hasSession(app.get<Access | null>(ACCESS))));
  app.useBodyParser('json', { limit: MAX_CONTENT_BYTES });
  app.useBodyParser('urlencoded', { limit: MAX_CONTENT_BYTES, extended: false });
}

/** For the metrics. */
function nameRoute(request: Request, response: Response, next: NextFunction): void {
  if (isApi(request.path)) routeIs(response, /^\/auth/i.test(request.path) ? 'auth' : 'api');
  next();
}

/** Whether somebody is known, so that the page has something to show; all are, where nobody can log in. */
function hasSession(access: Access | null): (request: Request) => boolean {
  return (request) =>
    access === null || request.headers.authorization !== undefined || access.sessions.read(request) !== undefined;
}
