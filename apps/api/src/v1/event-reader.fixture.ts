import { EventSourceParserStream } from 'eventsource-parser/stream';

/** An event of a stream, as a browser would see it. */
export interface SeenEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: unknown;
}

/** Reads a stream of server-sent events (WHATWG HTML, "Server-sent events") one by one. */
export class EventReader {
  private readonly events: AsyncGenerator<SeenEvent>;
  /** All that came. */
  readonly seen: SeenEvent[] = [];

  constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.events = this.read(url, headers);
  }

  /** The next event that this is true of; those before it are passed over. */
  async next(wanted: (event: SeenEvent) => boolean): Promise<SeenEvent> {
    for (;;) {
      const { value, done } = (await this.events.next()) as IteratorResult<SeenEvent, void>;
      if (done === true) throw new Error('the stream has ended');
      this.seen.push(value);
      if (wanted(value)) return value;
    }
  }

  /** Waits until the other side ends the stream. */
  async end(): Promise<void> {
    for await (const event of this.events) this.seen.push(event);
  }

  /** To be called between two events. */
  async close(): Promise<void> {
    await this.events.return(undefined);
  }

  private async *read(url: string, headers: Readonly<Record<string, string>>): AsyncGenerator<SeenEvent> {
    const response = await fetch(url, { headers });
    if (response.status !== 200 || response.body === null) throw new Error(`answers ${response.status}`);
    const messages = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
    for await (const { event, id, data } of messages) {
      yield { event: event ?? 'message', id: id ?? null, data: JSON.parse(data) };
    }
  }
}
