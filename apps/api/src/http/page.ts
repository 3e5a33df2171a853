import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Request, RequestHandler, Response } from 'express';
import precompressed from 'express-static-gzip';
import { routeIs } from '../metrics.js';
import { isApi, isPlain } from './paths.js';

/** Files whose names change with their content. */
const HASHED = /[/\\]assets[/\\]/;
const FOR_EVER = 'public, max-age=31536000, immutable';
const NOT_BUILT = 'The dashboard is not built: run `npm run build`. The API is described at /api/openapi.json.';

/**
 * Middleware: serves the built page; a file in a compressed form (`x.js.br`, `x.js.gz`), where that lies beside it and
 * the client takes it. A path that is no file is one of the page's own for who asks for HTML; who is not logged in is led
 * to the login first, and from there back to it.
 *
 * @param directory where index.html is; looked at once, at the start
 * @param isKnown whether the browser has a session; that it is a valid one is for the api to say
 */
export function servePage(directory: string, isKnown: (request: Request) => boolean): RequestHandler {
  const built = existsSync(join(directory, 'index.html'));
  const files = precompressed(directory, {
    enableBrotli: true,
    orderPreference: ['br', 'gzip'],
    serveStatic: {
      redirect: false,
      cacheControl: false,
      setHeaders: (response, file) =>
        response.setHeader('cache-control', HASHED.test(file.slice(directory.length)) ? FOR_EVER : 'no-cache'),
    },
  });
  const leadsToLogin = (request: Request, response: Response): boolean => {
    if (!isOfPage(request) || isKnown(request)) return false;
    response.set('cache-control', 'no-store').vary('cookie');
    response.redirect(303, `/auth/login?returnTo=${encodeURIComponent(request.originalUrl)}`);
    return true;
  };
  return (request, response, next) => {
    if ((request.method !== 'GET' && request.method !== 'HEAD') || isApi(request.path) || isPlain(request.path)) {
      next();
      return;
    }
    routeIs(response, 'page');
    if (!built) {
      notThere(response, NOT_BUILT);
      return;
    }
    if (request.path === '/' && leadsToLogin(request, response)) return;
    files(request, response, (fault?: unknown) => {
      if (fault !== undefined) next(fault);
      else if (!isOfPage(request)) notThere(response, 'There is nothing here.');
      else if (!leadsToLogin(request, response)) {
        request.url = '/index.html';
        files(request, response, next);
      }
    });
  };
}

/** Whether a path that is no file may be one that the page itself knows. */
function isOfPage(request: Request): boolean {
  return !HASHED.test(request.path) && request.accepts(['text/plain', 'text/html']) === 'text/html';
}

function notThere(response: Response, line: string): void {
  response.status(404).set('cache-control', 'no-store').type('text/plain').send(`${line}\n`);
}
