import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import { All, Controller, Inject, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { parseLogPath } from '#libs/log';
import type { LogPath } from '#libs/log';
import { DamagedTrail, MongoLogReader } from '#libs/trail';
import { etagOf } from '../http/etag.js';
import { routeIs } from '../metrics.js';
import { MongoAway, MongoGate } from '../mongo-gate.js';
import { inUseFirst } from './key-order.js';
import { ServedCheckpoint } from './served-checkpoint.js';

/** Injection token of the process's log. */
export const LOG = Symbol('log');

const ROOT = '/log/';
const METHODS = 'GET, HEAD, OPTIONS';
const RETRY_AFTER_S = '2';
/** A day; what is allowed to whom does not change. */
const PREFLIGHT_S = '86400';

/**
 * The public log (C2SP tlog-tiles): `/log/checkpoint`, `/log/tile/<L>/<N>[.p/<W>]`, `/log/tile/entries/<N>[.p/<W>]`, and
 * its verifier keys under `/log/key`. Paths are taken to the letter: what is not the one way to write a path is not
 * there. Everybody may read it, web pages too.
 */
@Controller('log')
export class LogController {
  constructor(
    private readonly log: MongoLogReader,
    private readonly served: ServedCheckpoint,
    private readonly mongodb: MongoGate,
    @Inject(LOG) private readonly to: Logger,
  ) {}

  @All('*path')
  async answer(@Req() request: Request, @Res() response: Response): Promise<void> {
    response.set({ 'access-control-allow-origin': '*', 'x-content-type-options': 'nosniff' });
    if (request.method === 'OPTIONS') return preflight(response);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.set('allow', METHODS);
      return say(response, 405, `The log is read with GET or HEAD; ${request.method} is not for it.`);
    }
    try {
      await this.read(request, response);
    } catch (fault) {
      this.refuse(response, fault);
    }
  }

  private async read(request: Request, response: Response): Promise<void> {
    const path = request.path.startsWith(ROOT) ? request.path.slice(ROOT.length) : '';
    if (path === 'checkpoint') {
      routeIs(response, 'checkpoint');
      return this.sendText(response, await this.mongodb.ask(() => this.served.note()));
    }
    if (path === 'key') {
      routeIs(response, 'key');
      return this.sendText(response, await this.mongodb.ask(() => this.keys()));
    }
    const wanted = parseLogPath(path);
    if (wanted === null) {
      return say(response, 404, 'This is no path of the log: see c2sp.org/tlog-tiles for those that are.');
    }
    routeIs(response, wanted.kind);
    const body = await this.mongodb.ask(() => this.resource(wanted));
    if (body === null) {
      return say(
        response,
        404,
        'The log has nothing there: its newest checkpoint does not cover it, or it was pruned.',
      );
    }
    await sendResource(request, response, wanted, body);
  }

  private resource(wanted: LogPath): Promise<Buffer | null> {
    return wanted.kind === 'tile'
      ? this.log.tile(wanted.level, wanted.index, wanted.width)
      : this.log.bundle(wanted.index, wanted.width);
  }

  private async keys(): Promise<string | null> {
    const [keys, newest] = await Promise.all([this.log.keys(), this.log.checkpoint()]);
    const ordered = inUseFirst(keys, newest?.note ?? null);
    return ordered.length === 0 ? null : ordered.map((key) => `${key}\n`).join('');
  }

  private sendText(response: Response, text: string | null): void {
    if (text === null) return say(response, 404, 'The log has not begun: its notary has not run yet.');
    response
      .set({ 'cache-control': 'no-cache', etag: etagOf(text) })
      .type('text/plain')
      .send(text);
  }

  private refuse(response: Response, fault: unknown): void {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (fault instanceof MongoAway) {
      response.set('retry-after', RETRY_AFTER_S);
      return say(response, 503, fault.message);
    }
    const { message } = fault instanceof Error ? fault : { message: String(fault) };
    this.to.error({}, `a request for the log failed: ${message}`);
    say(response, 500, fault instanceof DamagedTrail ? `The log is damaged. ${message}` : 'The log could not be read.');
  }
}

/** Answers with bytes that never change. Bundles are compressed where the client takes it; hashes cannot be. */
async function sendResource(request: Request, response: Response, wanted: LogPath, body: Buffer): Promise<void> {
  response.set({
    'content-type': 'application/octet-stream',
    'cache-control': 'public, max-age=31536000, immutable',
    etag: etagOf(body),
  });
  if (wanted.kind === 'tile') {
    response.send(body);
    return;
  }
  response.vary('accept-encoding');
  if (request.fresh || request.acceptsEncodings('gzip', 'identity') !== 'gzip') {
    response.send(body);
    return;
  }
  response.set('content-encoding', 'gzip');
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  await pipeline(slices(body), createGzip({ level: constants.Z_BEST_SPEED }), response).catch((fault: unknown) => {
    if (!isClosed(fault)) throw fault;
  });
}

/** In pieces, so that a client that reads slowly does not have it all compressed in memory. */
function* slices(body: Buffer): Generator<Buffer> {
  const piece = 64 * 1024;
  for (let at = 0; at < body.length; at += piece) yield body.subarray(at, at + piece);
}

/** The client has gone away. */
function isClosed(fault: unknown): boolean {
  return (fault as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function preflight(response: Response): void {
  response.set({ allow: METHODS, 'access-control-allow-methods': METHODS, 'access-control-max-age': PREFLIGHT_S });
  response.status(204).end();
}

/** One line that people can read. */
function say(response: Response, status: number, line: string): void {
  response.set('cache-control', 'no-store').status(status).type('text/plain').send(`${line}\n`);
}
