import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';

/** The part of the driver's connection that is repaired; `lib/cmap/connection.js` of mongodb 7.8.0. */
interface DriverConnection {
  readonly socket: EventEmitter;
  readonly closed: boolean;
  cleanup: (this: DriverConnection, error: Error) => void;
}

const { Connection } = createRequire(import.meta.url)('mongodb/lib/cmap/connection.js') as {
  Connection: { readonly prototype: DriverConnection };
};

/**
 * Has a write end that the driver gave up the connection of.
 *
 * A command larger than the socket's buffer waits for the socket's `drain`, and for nothing else but its `error`. Where
 * the driver closes the connection by itself, since MongoDB did not answer in time, there is neither: the write waited
 * for ever, and with it the task that made it. And where the socket had an error, it was thrown as it came (EPIPE), not
 * as the driver's own, so that nobody knew it for a lost connection.
 */
const { cleanup } = Connection.prototype;
Connection.prototype.cleanup = function repaired(error) {
  const { closed, socket } = this;
  cleanup.call(this, error);
  if (!closed && socket.listenerCount('drain') > 0) socket.emit('error', error);
};
