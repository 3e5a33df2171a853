import type { Server } from 'node:http';
import type { NestExpressApplication } from '@nestjs/platform-express';

/** ms; a request's headers are some hundred bytes (at most 16 KiB, Node's limit), and none needs a body. */
const HEADERS_WITHIN = 10_000;
const REQUEST_WITHIN = 20_000;
/** ms without a byte going either way: a reader that has stopped reading. */
const IDLE = 60_000;
/** ms; longer than load balancers keep theirs, so that they are the ones to close. */
const KEEP_ALIVE = 75_000;
/** ms that answers under way may still take when the process is asked to stop. */
const FINISH_WITHIN = 10_000;

/** Sets limits to what a client may take of the process's time, and to how long its end takes. */
export function boundConnections(app: NestExpressApplication): void {
  app.disable('x-powered-by');
  const server: Server = app.getHttpServer();
  server.headersTimeout = HEADERS_WITHIN;
  server.requestTimeout = REQUEST_WITHIN;
  server.keepAliveTimeout = KEEP_ALIVE;
  server.setTimeout(IDLE);
  const close = server.close.bind(server);
  server.close = (done) => {
    setTimeout(() => server.closeAllConnections(), FINISH_WITHIN).unref();
    return close(done);
  };
}
