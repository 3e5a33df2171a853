import { BenchError } from '../bench-error.js';

/** Asks the API as a program does. */
export class ApiClient {
  constructor(
    private readonly base: string,
    private readonly token: string,
  ) {}

  async get(path: string): Promise<unknown> {
    return JSON.parse(await this.text(path));
  }

  /** @throws BenchError where the status is not 200 */
  async text(path: string): Promise<string> {
    const response = await fetch(`${this.base}${path}`, { headers: { authorization: `Bearer ${this.token}` } });
    if (response.status !== 200)
      throw new BenchError(`The api answered ${response.status} to ${path}: ${await response.text()}`);
    return response.text();
  }
}
