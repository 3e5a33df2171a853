/** The page's one connection to the feed of server-sent events. */
import type { FindingSummary } from '../api/types.js';
import type { Change } from './changes.js';

export type Connection = 'connecting' | 'live' | 'reconnecting';

const FEED = '/api/v1/feed';
/** ms before the page itself tries anew, where the browser has given up (it does on an answer other than 200). */
const PAUSE = 5_000;

/**
 * Holds the connection from `open` to `close`, and says what has changed.
 *
 * The browser reconnects by itself and sends Last-Event-ID; where it gives up, this goes on behind the last event seen.
 */
export class Feed {
  readonly #onChange: (change: Change) => void;
  readonly #onConnection: (connection: Connection) => void;
  #source: EventSource | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #last: string | null = null;
  #wasLive = false;

  constructor(onChange: (change: Change) => void, onConnection: (connection: Connection) => void) {
    this.#onChange = onChange;
    this.#onConnection = onConnection;
  }

  open(): void {
    const source = new EventSource(this.#last === null ? FEED : `${FEED}?after=${this.#last}`);
    this.#source = source;
    source.onopen = () => this.#opened();
    source.onerror = () => this.#lost(source);
    source.addEventListener('finding', (event) => {
      this.#last = event.lastEventId || this.#last;
      this.#onChange({ event: 'finding', finding: JSON.parse(String(event.data)) as FindingSummary });
    });
    source.addEventListener('checkpoint', () => this.#onChange({ event: 'checkpoint' }));
    source.addEventListener('triage', (event) => {
      const { problem } = JSON.parse(String(event.data)) as { problem: string };
      this.#onChange({ event: 'triage', problem });
    });
  }

  close(): void {
    this.#source?.close();
    this.#source = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #opened(): void {
    this.#onConnection('live');
    if (this.#wasLive) this.#onChange({ event: 'reconnected' });
    this.#wasLive = true;
  }

  #lost(source: EventSource): void {
    this.#onConnection('reconnecting');
    if (source.readyState !== EventSource.CLOSED) return;
    this.#timer = setTimeout(() => this.open(), PAUSE);
  }
}
