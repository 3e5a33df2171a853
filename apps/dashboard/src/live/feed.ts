/** The page's one connection to the feed of server-sent events. */
import { get } from '../api/client.js';
import type { FindingSummary } from '../api/types.js';
import type { Change } from './changes.js';

export type Connection = 'connecting' | 'live' | 'reconnecting';

const FEED = '/api/v1/feed';
/** ms before the page itself tries anew, where the browser has given up (it does on an answer other than 200). */
const PAUSE = 5_000;
/** ms. The server sends something every 15 s; where nothing came for so long, nobody is at the other end any more. */
const SILENCE = 40_000;

/**
 * Holds the connection from `open` to `close`, and says what has changed.
 *
 * The browser reconnects by itself and sends Last-Event-ID; where it gives up, this goes on behind the last event seen.
 */
export class Feed {
  readonly #onChange: (change: Change) => void;
  readonly #onConnection: (connection: Connection) => void;
  #source: EventSource | null = null;
  /** Until the next attempt; while the connection is open, until it counts as lost. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last: string | null = null;
  #wasLive = false;

  constructor(onChange: (change: Change) => void, onConnection: (connection: Connection) => void) {
    this.#onChange = onChange;
    this.#onConnection = onConnection;
  }

  open(): void {
    const source = new EventSource(this.#last === null ? FEED : `${FEED}?after=${this.#last}`);
    this.#source = source;
    this.#heard();
    source.onopen = () => this.#opened();
    source.onerror = () => this.#lost(source);
    source.addEventListener('alive', (event) => this.#heard(event));
    source.addEventListener('finding', (event) => {
      this.#heard(event);
      this.#onChange({ event: 'finding', finding: JSON.parse(String(event.data)) as FindingSummary });
    });
    source.addEventListener('checkpoint', (event) => {
      this.#heard(event);
      this.#onChange({ event: 'checkpoint' });
    });
    source.addEventListener('triage', (event) => {
      this.#heard(event);
      const { problem } = JSON.parse(String(event.data)) as { problem: string };
      this.#onChange({ event: 'triage', problem });
    });
  }

  close(): void {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#timer);
  }

  #heard(event?: MessageEvent): void {
    this.#last = event?.lastEventId || this.#last;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#silent(), SILENCE);
  }

  /** A network that went away may not say so. */
  #silent(): void {
    this.#onConnection('reconnecting');
    this.#source?.close();
    this.open();
  }

  #opened(): void {
    this.#heard();
    this.#onConnection('live');
    if (this.#wasLive) this.#onChange({ event: 'reconnected' });
    this.#wasLive = true;
  }

  #lost(source: EventSource): void {
    this.#onConnection('reconnecting');
    if (source.readyState !== EventSource.CLOSED) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.open(), PAUSE);
    // The browser does not tell why; an ordinary request notices where the session is over.
    void get('/me').catch(() => undefined);
  }
}
