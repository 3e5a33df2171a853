import { createServer } from 'node:http';
import { CONFIG, type OpenIdConfig } from './config.js';
import { makeProvider } from './provider.js';

const MISUSE = 2;
const ERROR = 50;
const FATAL = 60;

const port = Number(process.env['PORT']);
const issuer = `http://127.0.0.1:${port}`;
const provider = makeProvider(issuer, JSON.parse(process.env[CONFIG] ?? '') as OpenIdConfig);
provider.on('server_error', (_, fault) => say(ERROR, fault.message));

const handle = provider.callback();
const server = createServer((request, response) => void handle(request, response));
server.on('error', (fault) => {
  say(FATAL, fault.message);
  process.exit(MISUSE);
});
server.listen(port, '127.0.0.1');

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    server.close(() => process.exit());
    server.closeAllConnections();
  });
}

/** A line of the log, in the form that the other programs' have. */
function say(level: number, msg: string): void {
  process.stdout.write(`${JSON.stringify({ level, time: Date.now(), name: 'openid-provider', msg })}\n`);
}
