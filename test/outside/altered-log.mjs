/** Serves a log at one of its sizes, and alters what it is told to. */
import { once } from 'node:events';
import { createServer } from 'node:http';

/**
 * @typedef {Buffer | null} Answer null: not found
 * @typedef {(path: string, answer: Answer) => Answer} Alter what to answer for a path below the log's URL
 */

/**
 * @param {string} url of the log
 * @param {string} checkpoint answered for as long as this runs, whatever the log does meanwhile
 */
export async function serveAltered(url, checkpoint) {
  /** What the log serves is immutable, but the checkpoint. @type {Map<string, Promise<Answer>>} */
  const read = new Map([['checkpoint', Promise.resolve(Buffer.from(checkpoint))]]);
  /** @type {Alter} */
  let alter = (path, answer) => answer;

  /** What went wrong here, and must not be taken for the log's fault. @type {string[]} */
  const faults = [];

  /** @returns {Promise<Answer>} */
  const get = (path) => {
    const known = read.get(path);
    if (known !== undefined) return known;
    const answer = fetchFrom(`${url}/${path}`);
    read.set(path, answer);
    return answer;
  };
  const server = createServer((request, response) => {
    const path = request.url.slice(1);
    get(path)
      .then((answer) => alter(path, answer))
      .then(
        (answer) => {
          response.statusCode = answer === null ? 404 : 200;
          response.end(answer ?? 'not found');
        },
        (error) => {
          faults.push(`${path}: ${error.message}`);
          response.statusCode = 502;
          response.end();
        },
      );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    get,
    faults,
    /** @param {Alter} by */
    alter: (by) => (alter = by),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** @returns {Promise<Answer>} */
async function fetchFrom(url) {
  const response = await fetch(url);
  if (response.status === 404) return null;
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return Buffer.from(await response.arrayBuffer());
}
