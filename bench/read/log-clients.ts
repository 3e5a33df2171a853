import { Agent, request, type IncomingHttpHeaders } from 'node:http';
import { BenchError } from '../bench-error.js';
import { answerTimes, type AnswerTimes } from './answer-times.js';

/** One question to the log, and what its answer is held against. */
export interface Question {
  /** Below the log's prefix, such as `tile/0/x001/067`. */
  readonly path: string;
  /** Default: none beyond what HTTP takes. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Throws where the answer is wrong. */
  readonly check: (body: Buffer, headers: IncomingHttpHeaders) => void;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Clients of the api with a connection each, which stays open; each asks again as soon as it has its answer. */
export class LogClients {
  private readonly agent: Agent;

  constructor(
    private readonly port: number,
    private readonly clients: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: clients });
  }

  /**
   * Has all clients ask for so many seconds.
   *
   * @throws BenchError where an answer is none; what a check throws
   */
  async ask(next: () => Question, seconds: number, signal: AbortSignal): Promise<AnswerTimes> {
    const delays: number[] = [];
    const started = performance.now();
    const end = started + seconds * 1_000;
    let failed = false;
    const client = async (): Promise<void> => {
      // At least once each, however short the time.
      do {
        signal.throwIfAborted();
        const question = next();
        const asked = performance.now();
        const { body, headers } = await this.answer(question);
        delays.push(performance.now() - asked);
        question.check(body, headers);
      } while (!failed && performance.now() < end);
    };
    try {
      await Promise.all(Array.from({ length: this.clients }, client));
    } finally {
      failed = true;
    }
    return answerTimes(delays, (performance.now() - started) / 1_000);
  }

  /** The body of what is served there. @throws BenchError where the status is not 200 */
  async get(path: string): Promise<Buffer> {
    return (await this.answer({ path })).body;
  }

  close(): void {
    this.agent.destroy();
  }

  private async answer({ path, headers = {} }: Pick<Question, 'path' | 'headers'>): Promise<Answer> {
    const answer = await this.request(`/log/${path}`, headers);
    if (answer.status === 200) return answer;
    throw new BenchError(`The api answered ${answer.status} to ${path}: ${answer.body.toString().trim()}`);
  }

  private request(path: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const fail = ({ message }: Error): void => reject(new BenchError(`The api gave no answer to ${path}: ${message}`));
    request({ host: '127.0.0.1', port: this.port, path, headers, agent: this.agent }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part)).on('error', fail);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    })
      .on('error', fail)
      .end();
    return promise;
  }
}
