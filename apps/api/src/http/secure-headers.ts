import type { RequestHandler } from 'express';
import helmet from 'helmet';
import { isPlain } from './paths.js';

/** The page takes nothing from elsewhere, and nothing that is written into it. */
const directives = {
  'default-src': ["'self'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'", 'data:'],
  'connect-src': ["'self'"],
  'object-src': ["'none'"],
  'base-uri': ["'none'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
};

/** Middleware: header fields that tell browsers what they must not let happen, on everything but /log, /health, /metrics. */
export function secureHeaders(): RequestHandler {
  const set = helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    xFrameOptions: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
  });
  return (request, response, next) => {
    if (isPlain(request.path)) next();
    else set(request, response, next);
  };
}
