import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { STREAM_DEFAULTS } from './settings.js';
import type { Session, SessionListener, Source } from './source.js';
import { TaskStream } from './task-stream.js';
import { TASK_PATTERNS } from './task-contract.js';
import type { IdleOutcome } from './task-contract.js';

/** The stream's dealings with sessions that come and go, on a source that the test plays. */
jest.setTimeout(30_000);

const TOPICS = ['orders', 'rights'];
const SETTINGS = {
  ...STREAM_DEFAULTS,
  kafka: { brokers: ['broker:9092'], clientId: 'test', ssl: false, sasl: null },
  groupId: 'test',
  topics: TOPICS,
};

const silent = () => undefined;
const LOG = { debug: silent, info: silent, warn: silent, error: silent };

/** A session that only counts what is asked of it. */
class PlayedSession implements Session {
  readonly sought = new Set<string>();
  seek(topic: string): void {
    this.sought.add(topic);
  }
  pause = silent;
  resume = silent;
  commit = async () => undefined;
  left = false;
  async close() {
    this.left = true;
  }
}

/** Lets the test say when a session is opened, what it assigns and when it ends. */
class PlayedSource implements Source {
  readonly opened: { listener: SessionListener; joined: () => void; session: PlayedSession }[] = [];
  private wake: () => void = silent;

  async partitionCounts() {
    return new Map(TOPICS.map((topic) => [topic, 1]));
  }
  async watermarks() {
    return new Map(TOPICS.map((topic) => [topic, [{ low: 0, high: 0 }]]));
  }
  open(listener: SessionListener): Promise<Session> {
    const session = new PlayedSession();
    const opening = Promise.withResolvers<Session>();
    this.opened.push({ listener, session, joined: () => opening.resolve(session) });
    this.wake();
    return opening.promise;
  }
  close = async () => undefined;

  /** The session number `n`, from 0, once it is opened. */
  async session(n: number) {
    while (this.opened[n] === undefined) await new Promise<void>((resolve) => (this.wake = resolve));
    return this.opened[n];
  }
}

let source: PlayedSource;
let stream: TaskStream;
let opens: number;
/** Answers the look whether the task is still ours. */
let idle: () => Promise<IdleOutcome>;
let closed: (() => void) | null;
let over: boolean;

beforeEach(() => {
  source = new PlayedSource();
  opens = 0;
  closed = null;
  over = false;
  stream = new TaskStream(SETTINGS, source, LOG);
  stream.addHandler(TASK_PATTERNS.open, async () => (opens++, {}));
  stream.addHandler(TASK_PATTERNS.idle, () => idle());
  stream.addHandler(TASK_PATTERNS.close, async () => closed?.());
  stream.listen(silent);
});
afterEach(() => {
  over = true;
  return stream.close();
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds() && !over) await sleep(5);
}

/** The session ends while a task is being asked whether it is still ours; gives how that is answered. */
async function askedAsSessionEnds() {
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<IdleOutcome>();
  idle = () => (asked.resolve(), answer.promise);
  const { listener, session, joined } = await source.session(0);
  listener.assigned([0], session);
  joined();
  await asked.promise;
  listener.ended(new Error('Kafka is away'));
  return answer;
}

test('a task that was lost while there was no session is opened again in the next', async () => {
  const answer = await askedAsSessionEnds();
  const gone = new Promise<void>((resolve) => (closed = resolve));
  answer.resolve('lost');
  idle = async () => 'ours';
  await gone;
  const second = await source.session(1);
  second.listener.assigned([0], second.session);
  second.joined();
  await until(() => opens === 2);
  await until(() => second.session.sought.size === TOPICS.length);
});

test('a task that turns out lost while its new session is being opened goes on in that', async () => {
  const answer = await askedAsSessionEnds();
  const second = await source.session(1);
  second.listener.assigned([0], second.session);
  idle = async () => 'ours';
  answer.resolve('lost');
  await until(() => opens === 2);
  second.joined();
});

test('a stop leaves the group, so that its tasks need not wait for the session to time out', async () => {
  idle = async () => 'ours';
  const { listener, session, joined } = await source.session(0);
  listener.assigned([0], session);
  joined();
  await until(() => opens === 1);
  await stream.close();
  expect(session.left).toBe(true);
});
