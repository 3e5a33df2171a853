import { once } from 'node:events';
import type { Response } from 'express';

/** One event of a stream. */
export interface StreamEvent {
  readonly event: string;
  /** Where to go on behind it; left out: it is no place to go on from. */
  readonly id?: string;
  readonly data: unknown;
}

/** ms after which a client that lost the connection asks again. */
const RETRY_MS = 2_000;

/**
 * Events as they are sent to a browser (WHATWG HTML, "Server-sent events"). It waits for a client that reads slowly,
 * and ends when that goes away.
 */
export class EventStream {
  constructor(
    private readonly response: Response,
    private readonly gone: AbortSignal,
  ) {}

  open(): void {
    this.response.status(200).set({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that gather answers (nginx) are asked not to.
      'x-accel-buffering': 'no',
    });
    this.response.flushHeaders();
    this.response.write(`retry: ${RETRY_MS}\n\n`);
  }

  /** Sends an event; ids and names have no line ends. */
  async send({ event, id, data }: StreamEvent): Promise<void> {
    const idLine = id === undefined ? '' : `id: ${id}\n`;
    const text = `event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`;
    if (this.gone.aborted || this.response.write(text)) return;
    await once(this.response, 'drain', { signal: this.gone }).catch(() => undefined);
  }
}
