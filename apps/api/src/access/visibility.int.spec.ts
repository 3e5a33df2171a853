import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { encodeEntry } from '#libs/events';
import type { AuditEntry } from '#libs/events';
import { packageFile } from '#libs/register';
import { MongoConnection, MongoLogReader } from '#libs/trail';
import { TriageStore } from '#libs/triage';
import { prepareViews, problemId, Projector } from '#libs/views';
import { TestLog } from '../../../../test/support/log.js';
import { testServers } from '../../../../test/support/servers.js';
import { TestIssuer } from './issuer.fixture.js';
import { runApi } from './running-api.fixture.js';
import type { RunningApi } from './running-api.fixture.js';

/**
 * Two worlds that differ by one controller, jetpak, alone: in the one there is much of it, in the other nothing. Who may
 * not see it must get the same answer in both, whatever they ask.
 */
jest.setTimeout(120_000);

const AUDIENCE = 'urn:test:api';
const START = Date.UTC(2026, 2, 1, 12);
const HOUR = 3_600_000;
const issuer = new TestIssuer();
const { mongoUri, database } = testServers();
const quiet = { info: () => undefined, warn: () => undefined };

/** What is asked for: something of a controller that one may see, may not see, or that never was. */
interface Named {
  readonly controller: string;
  readonly finding: string;
  readonly problem: string;
}

const problemOf = (controller: string) =>
  problemId({ controller, rule: 'purpose-undeclared', clause: 'purposes', service: 'shop', kind: 'orders' });
const OWN: Named = { controller: 'janus', finding: '0-0-0', problem: problemOf('janus') };
const FOREIGN: Named = { controller: 'jetpak', finding: '1-0-0', problem: problemOf('jetpak') };
const NEVER: Named = { controller: 'nosuch', finding: '9-9-9', problem: 'p1-0123456789abcdef' };

/** A request of a route. */
interface Question {
  readonly path: string;
  readonly body?: object;
  /** How it is answered has a time, or an order by chance, in it: the status alone is compared. */
  readonly varies?: boolean;
}

/** `many`: the queries that lists and counts take. */
const many = (path: string, { controller, problem }: Named, more = ''): Question[] =>
  ['', `controller=${controller}`, `controller=janus&controller=${controller}`, `problem=${problem}`].map((query) => ({
    path: `${path}?${[query, more].filter((part) => part !== '').join('&')}`,
  }));

/**
 * How each route under /api/v1 is asked for something of a controller. A route that is new has to be put in here; one
 * that has nothing of any controller in it says so by asking for nothing.
 */
const QUESTIONS: Record<string, (of: Named) => Question[]> = {
  'GET /api/v1/me': () => [{ path: '/me' }],
  'GET /api/v1/controllers': () => [{ path: '/controllers' }],
  'GET /api/v1/findings': (of) => [
    ...many('/findings', of),
    ...many('/findings', of, 'sort=recordedAt&limit=1'),
    ...many('/findings', of, 'verdict=unreadable'),
  ],
  'GET /api/v1/findings/:id': ({ finding }) => [{ path: `/findings/${finding}` }],
  'GET /api/v1/findings/:id/proof': ({ finding }) => [
    { path: `/findings/${finding}/proof`, varies: finding === OWN.finding },
  ],
  'GET /api/v1/problems': (of) => [...many('/problems', of), ...many('/problems', of, 'status=acknowledged')],
  'GET /api/v1/problems/:id': ({ problem }) => [{ path: `/problems/${problem}` }],
  'POST /api/v1/problems/:id/triage': ({ problem }) => [
    {
      path: `/problems/${problem}/triage`,
      body: { action: 'comment', comment: 'Seen.' },
      varies: problem === OWN.problem,
    },
    { path: `/problems/${problem}/triage`, body: { action: 'nonsense' } },
  ],
  'GET /api/v1/statistics': (of) => [
    ...many('/statistics', of),
    ...many('/statistics', of, 'by=controller&by=day&by=rule'),
    ...many('/statistics', of, 'by=kind&by=verdict'),
  ],
  'GET /api/v1/registers': () => [{ path: '/registers' }],
  'GET /api/v1/registers/:controller/versions/:version': ({ controller }) => [
    { path: `/registers/${controller}/versions/1` },
    { path: `/registers/${controller}/versions/2` },
  ],
  'GET /api/v1/registers/:controller/differences': ({ controller }) => [
    { path: `/registers/${controller}/differences?from=1&to=1` },
    { path: `/registers/${controller}/differences?from=1&to=2` },
  ],
  'GET /api/v1/registers/:controller/coverage': ({ controller }) => [{ path: `/registers/${controller}/coverage` }],
  'GET /api/v1/duties': ({ controller }) => [{ path: '/duties' }, { path: `/duties?controller=${controller}` }],
  // Public, as the log is.
  'GET /api/v1/log': () => [],
  // It has no end: see below.
  'GET /api/v1/feed': () => [],
  'GET /api/v1/exports/findings.:format': (of) => [
    ...many('/exports/findings.csv', of),
    ...many('/exports/findings.jsonl', of),
  ],
  'GET /api/v1/exports/problems.:format': (of) => [
    ...many('/exports/problems.csv', of),
    ...many('/exports/problems.jsonl', of),
  ],
};

class World {
  readonly folder = mkdtempSync(join(tmpdir(), 'hjemmel-registers-'));
  readonly connection: MongoConnection;
  readonly uri: string;
  readonly log: TestLog;
  private readonly projector: Projector;
  api: RunningApi = { url: '', routes: [], close: async () => undefined };

  constructor(readonly withJetpak: boolean) {
    const url = new URL(mongoUri);
    url.pathname = `/${database}-${withJetpak ? 'with' : 'without'}`;
    this.uri = url.href;
    this.connection = new MongoConnection(url.href, 'visibility-test', quiet);
    this.log = new TestLog(this.connection);
    this.projector = new Projector(this.connection, new MongoLogReader(this.connection, { cacheBytes: 0 }));
  }

  async begin(): Promise<void> {
    for (const controller of this.withJetpak ? ['janus', 'jetpak'] : ['janus']) {
      copyFileSync(packageFile('registers', `${controller}.yaml`), join(this.folder, `${controller}.yaml`));
    }
    await this.log.prepare();
    await prepareViews(this.connection);
    await this.append(0, ['janus', 'janus', 'janus'].map(found));
    // Nobody's, or only of who sees all; in the other world as many entries that are of nothing at all.
    const theirs = [...['jetpak', 'jetpak', 'jetpak'].map(found), unreadable(), found('no-register', 0)];
    await this.append(1, this.withJetpak ? theirs : theirs.map(nothingFound));
    const store = new TriageStore(this.connection);
    await store.prepare();
    const said = { action: 'acknowledge', comment: 'We look.', reason: null, assignee: null } as const;
    for (const { controller, problem } of this.withJetpak ? [OWN, FOREIGN] : [OWN]) {
      await store.add(problem, 0, said, { subject: 'kari', name: `Kari of ${controller}` }, START);
    }
    const due = (controller: string) => ({
      controller,
      duty: 'request-overdue',
      purpose: null,
      dueAt: new Date(START),
      count: 3,
    });
    const rows = [due('janus'), ...(this.withJetpak ? [due('jetpak')] : [])];
    await this.connection.db
      .collection('openDuties')
      .insertOne({ _id: 0 as never, through: 0, asOf: new Date(START), rows });
    this.api = await runApi({
      MONGODB_URI: this.uri,
      HJEMMEL_REGISTERS: this.folder,
      OIDC_ISSUER: issuer.url,
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_CLIENT_ID: 'page',
      HJEMMEL_SESSION_KEY: Buffer.alloc(32, 1).toString('base64'),
      HJEMMEL_PUBLIC_URL: 'http://127.0.0.1:8080',
    });
    await this.caughtUp();
  }

  async append(task: number, entries: readonly AuditEntry[]): Promise<void> {
    const bytes = entries.map((entry) => encodeEntry(entry));
    await this.log.append({ task, count: bytes.length, entries: bytes, recordedAt: START });
    while (!(await this.projector.step(this.log.size)));
  }

  /** Resolves once the api answers from all that is in the log. */
  async caughtUp(): Promise<void> {
    const all = await everybody();
    for (;;) {
      const { status, text } = await this.ask({ path: '/log' }, all);
      if (status === 200 && (JSON.parse(text) as { through: number }).through === this.log.size) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async ask({ path, body }: Question, token: string): Promise<{ status: number; type: string | null; text: string }> {
    const response = await fetch(`${this.api.url}/api/v1${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  }

  async end(): Promise<void> {
    await this.api.close();
    await this.connection.db.dropDatabase();
    await this.connection.close();
    rmSync(this.folder, { recursive: true });
  }
}

const [full, bare] = [new World(true), new World(false)];

beforeAll(async () => {
  await issuer.start();
  await full.begin();
  await bare.begin();
});

afterAll(async () => {
  await full.end();
  await bare.end();
  await issuer.stop();
});

const tokenFor = (controllers: readonly string[]) =>
  issuer.sign(AUDIENCE, { hjemmel_roles: ['officer'], hjemmel_controllers: controllers });
const ofJanus = () => tokenFor(['janus']);
const everybody = () => tokenFor(['*']);

const questionsOf = (route: string, of: Named) => QUESTIONS[route]?.(of) ?? [];

test('every route says how it is asked for a controller, and there are no others', () => {
  expect(Object.keys(QUESTIONS).sort()).toEqual([...full.api.routes].sort());
});

describe.each(Object.keys(QUESTIONS).filter((route) => questionsOf(route, OWN).length > 0))('%s', (route) => {
  test('answers who may not see a controller as if it were not there', async () => {
    const token = await ofJanus();
    for (const named of [OWN, FOREIGN, NEVER]) {
      for (const question of questionsOf(route, named)) {
        const [one, other] = [await full.ask(question, token), await bare.ask(question, token)];
        const compared = (answer: object) => ({ question, ...answer, ...(question.varies ? { text: '' } : {}) });
        expect(compared(one)).toEqual(compared(other));
        if (named === OWN && !('action' in (question.body ?? {}))) expect([200, 404]).toContain(one.status);
        expect(one.text).not.toMatch(/jetpak|Kari of jetpak|no-register/i);
        expect(one.status).toBeLessThan(500);
      }
    }
  });

  test('and one that never was not otherwise than one that may not be seen', async () => {
    const token = await ofJanus();
    const never = questionsOf(route, NEVER);
    for (const [i, question] of questionsOf(route, FOREIGN).entries()) {
      const [foreign, missing] = [await full.ask(question, token), await full.ask(never[i] as Question, token)];
      expect({ question, ...foreign }).toEqual({ question, ...missing });
    }
  });

  test('but shows it to who may see all', async () => {
    const token = await everybody();
    const shown = [];
    for (const question of questionsOf(route, FOREIGN)) {
      const [one, other] = [await full.ask(question, token), await bare.ask(question, token)];
      shown.push(one.text !== other.text);
    }
    // Who asks is the same in both.
    if (route !== 'GET /api/v1/me') expect(shown).toContain(true);
  });
});

test('who has no controllers sees nothing, and no fault', async () => {
  const token = await tokenFor([]);
  for (const route of Object.keys(QUESTIONS)) {
    for (const question of questionsOf(route, OWN)) {
      const { status, text } = await full.ask(question, token);
      expect([200, 400, 404]).toContain(status);
      expect(text).not.toMatch(/"janus"|Kari of/);
    }
  }
});

test('a controller cannot be guessed by how its name is written', async () => {
  for (const claim of ['JETPAK', 'jet', 'jetpak ', '', '%', '.*', 'jetpak\u0000']) {
    const { text } = await full.ask({ path: '/findings' }, await tokenFor(['janus', claim]));
    expect(text).not.toContain('jetpak');
  }
});

describe('the feed', () => {
  /** An open feed. */
  async function follow(world: World, token: string): Promise<{ events: Promise<string[]> }> {
    const gone = new AbortController();
    const response = await fetch(`${world.api.url}/api/v1/feed?after=0`, {
      headers: { authorization: `Bearer ${token}` },
      signal: gone.signal,
    });
    const untilTheLast = async (): Promise<string[]> => {
      let text = '';
      const decoder = new TextDecoder();
      for await (const part of response.body as AsyncIterable<Uint8Array>) {
        text += decoder.decode(part, { stream: true });
        if (text.includes('"service":"the-last"')) break;
      }
      gone.abort();
      return text.split('\n\n').filter((event) => /^event: (finding|triage)/.test(event));
    };
    return { events: untilTheLast() };
  }

  test('tells of what one may see, and of nothing else', async () => {
    const token = await ofJanus();
    const following = [await follow(full, token), await follow(bare, token), await follow(full, await everybody())];
    const said = { action: 'comment', comment: 'Said.', reason: null, assignee: null } as const;
    for (const world of [full, bare]) {
      const store = new TriageStore(world.connection);
      for (const { problem } of world.withJetpak ? [FOREIGN, OWN] : [OWN]) {
        const known = (await store.of(problem)).length;
        await store.add(problem, known, said, { subject: 'kari', name: 'Kari' }, Date.now());
      }
      const theirs = [found('jetpak', 5)];
      await world.append(1, world.withJetpak ? theirs : theirs.map(nothingFound));
      await world.append(0, [{ ...found('janus', 6), service: 'the-last' }]);
    }
    const [one = [], other, all = []] = await Promise.all(following.map(({ events }) => events));
    expect(one).toEqual(other);
    expect(one.join()).toContain(`event: triage\ndata: {"problem":"${OWN.problem}"`);
    expect(one.join()).not.toMatch(/jetpak|no-register/);
    expect(one.join()).not.toContain(FOREIGN.problem);
    expect(all.join()).toMatch(/jetpak/);
    expect(all.join()).toContain(`event: triage\ndata: {"problem":"${FOREIGN.problem}"`);
  });
});

function found(controller: string, i: number): AuditEntry {
  const reason = {
    rule: 'purpose-undeclared',
    effect: 'violation',
    clause: 'purposes',
    message: `By ${controller}.`,
  } as const;
  return {
    ...nothing(),
    kind: 'finding',
    tag: Buffer.alloc(32, i + 1),
    occurredAt: START - i * HOUR,
    stream: 'orders',
    controller,
    service: 'shop',
    purpose: 'undeclared',
    legalBasis: 'consent',
    verdict: 'violation',
    reasons: [reason],
  };
}

function unreadable(): AuditEntry {
  const reason = { rule: 'event-unreadable', effect: 'unreadable', clause: null, message: 'No Avro.' } as const;
  return { ...nothing(), verdict: 'unreadable', reasons: [reason] };
}

/** In place of an entry, one that nobody sees in the desk. */
function nothingFound(): AuditEntry {
  return { ...nothing(), kind: 'reveal' };
}

function nothing(): AuditEntry {
  return {
    kind: 'finding',
    recordedAt: START,
    source: null,
    tag: null,
    occurredAt: null,
    stream: null,
    controller: null,
    service: null,
    purpose: null,
    legalBasis: null,
    verdict: 'compliant',
    reasons: [],
    assumptions: [],
    register: null,
    amends: null,
    valueSha256: null,
    account: null,
    act: null,
    repeat: false,
  };
}
