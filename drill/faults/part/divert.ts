import { Socket } from 'node:net';

/**
 * Loaded ahead of a program under drill (`node --import`): connections to the ports that DRILL_DIVERT names go to the
 * ports it gives instead, so that the program's network can be cut without a word to the program. Kafka and MongoDB tell
 * their clients where to connect; no proxy can be put between by settings alone.
 *
 * DRILL_DIVERT is a JSON object, `{"9092": 40001}`.
 */
const ports = JSON.parse(process.env['DRILL_DIVERT'] ?? '{}') as Record<string, number>;
type Connect = (this: Socket, ...args: unknown[]) => Socket;
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with the socket as this
const connect = Socket.prototype.connect as Connect;

const diverted: Connect = function (this: Socket, ...args) {
  // net.connect hands over its arguments in one array, Socket.connect may be called with options.
  const holder = Array.isArray(args[0]) ? (args[0] as unknown[]) : args;
  const options = holder[0];
  if (typeof options === 'object' && options !== null && 'port' in options) {
    const port = ports[String(options.port)];
    if (port !== undefined) holder[0] = { ...options, port };
  }
  return connect.apply(this, args);
};
Socket.prototype.connect = diverted;
