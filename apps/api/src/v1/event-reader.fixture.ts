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
    let text = '';
    for await (const bytes of response.body.pipeThrough(new TextDecoderStream())) {
      text += bytes;
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const event = parse(text.slice(0, end));
        text = text.slice(end + 2);
        if (event !== null) yield event;
      }
    }
  }
}

/** null: a comment, or nothing but `retry`. */
function parse(block: string): SeenEvent | null {
  const fields = new Map(block.split('\n').map((line) => line.split(/: ?(.*)/s) as [string, string]));
  const data = fields.get('data');
  if (data === undefined) return null;
  return { event: fields.get('event') ?? 'message', id: fields.get('id') ?? null, data: JSON.parse(data) };
}
