import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream';
import { BenchError } from '../bench-error.js';

/** When each finding first came in the API's feed, to which the page listens. */
export class FeedWatch {
  private readonly findings = new Map<string, number>();
  private change = Promise.withResolvers<void>();
  private readonly ended: Promise<never>;

  private constructor(
    messages: AsyncIterable<EventSourceMessage>,
    private readonly closing: AbortController,
  ) {
    this.ended = this.follow(messages);
    this.ended.catch(() => undefined); // told to those who wait
  }

  /** Sees all findings from now on. @throws BenchError where the API does not answer with its feed */
  static async open(origin: string, token: string): Promise<FeedWatch> {
    const closing = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${origin}/api/v1/feed`, { headers, signal: closing.signal });
    if (response.status !== 200 || response.body === null) {
      throw new BenchError(`The api answered ${response.status} where its feed was asked for.`);
    }
    const text = response.body.pipeThrough(new TextDecoderStream());
    return new FeedWatch(text.pipeThrough(new EventSourceParserStream()), closing);
  }

  /** Waits for the findings of these ids. */
  async untilSeen(ids: Iterable<string>): Promise<void> {
    for (const id of ids) {
      while (!this.findings.has(id)) await Promise.race([this.change.promise, this.ended]);
    }
  }

  /** When the finding was first here, by `performance.now()`. @throws BenchError where it was not */
  seenAt(id: string): number {
    const at = this.findings.get(id);
    if (at === undefined) throw new BenchError(`Finding ${id} did not come in the feed.`);
    return at;
  }

  close(): void {
    this.closing.abort();
  }

  /** Follows the feed until it is closed. */
  private async follow(messages: AsyncIterable<EventSourceMessage>): Promise<never> {
    for await (const { event, data } of messages) {
      if (event !== 'finding') continue;
      const { id } = JSON.parse(data) as { id: string };
      // It comes again when it is amended.
      if (!this.findings.has(id)) this.findings.set(id, performance.now());
      this.change.resolve();
      this.change = Promise.withResolvers<void>();
    }
    throw new BenchError('The api ended its feed.');
  }
}
