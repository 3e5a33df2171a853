import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { leafHash, openNote, parseCheckpoint, parseVerifier, verifyInclusion } from '#libs/log';
import { NaiveViews, newest } from '../../../../test/support/naive-views.js';
import type { MadeBlock } from '../../../../test/support/finding-histories.js';
import { ApiWithData } from '../http/api-with-data.fixture.js';
import { expectDescribed } from '../http/described.fixture.js';
import { EventReader } from './event-reader.fixture.js';

jest.setTimeout(180_000);

/** Of answers, what is looked at. */
interface Item {
  readonly id: string;
  readonly controller: string | null;
  readonly logIndex: number;
  readonly findings: number;
}
interface Page {
  readonly items: Item[];
  readonly total: number;
  readonly nextCursor: string | null;
}

let api: ApiWithData;
let made: MadeBlock[];
let later: MadeBlock[];
let naive: NaiveViews;

beforeAll(async () => {
  api = await ApiWithData.start();
  const all = ApiWithData.made(11);
  made = all.slice(0, -3);
  later = all.slice(-3);
  naive = new NaiveViews(made);
  await api.append(made);
});

afterAll(() => api.stop());

async function ask<T>(path: string, as: { controllers?: readonly string[] | '*'; role?: string } = {}) {
  const headers = await api.headers(as.controllers ?? '*', as.role);
  const response = await fetch(`${api.url}/api/v1/${path}`, { headers });
  return { status: response.status, body: (await expectDescribed(response)) as T };
}

async function say(
  problem: string,
  content: object,
  as: { controllers?: readonly string[] | '*'; role?: string } = {},
) {
  const headers = { ...(await api.headers(as.controllers ?? '*', as.role)), 'content-type': 'application/json' };
  const body = JSON.stringify(content);
  const response = await fetch(`${api.url}/api/v1/problems/${problem}/triage`, { method: 'POST', headers, body });
  return { status: response.status, body: (await expectDescribed(response, 'POST')) as Record<string, unknown> };
}

async function pages(path: string): Promise<{ ids: string[]; totals: number[] }> {
  const ids: string[] = [];
  const totals: number[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body }: { body: Page } = await ask(`${path}${cursor === '' ? '' : `&cursor=${cursor}`}`);
    ids.push(...body.items.map(({ id }) => id));
    totals.push(body.total);
    cursor = body.nextCursor;
  }
  return { ids, totals };
}

describe('lists', () => {
  test.each(['-occurredAt', 'occurredAt', '-recordedAt', 'recordedAt'] as const)(
    'findings page by page, by %s, are all there are, each once',
    async (sort) => {
      const { ids, totals } = await pages(`findings?limit=7&sort=${sort}`);
      const expected = naive.list({}, { controllers: 'all' }, sort).map((id) => id.replaceAll('/', '-'));
      expect(ids).toEqual(expected);
      expect(new Set(totals)).toEqual(new Set([expected.length]));
    },
  );

  test.each(['-lastSeen', 'firstSeen', '-findings', 'findings', '-people'])(
    'problems page by page, by %s, are all there are, each once',
    async (sort) => {
      const { ids } = await pages(`problems?limit=5&sort=${sort}`);
      const expected = Object.keys(naive.problems({}, { controllers: 'all' }));
      expect([...ids].sort()).toEqual(expected.sort());
    },
  );

  test('a cursor that is none of this list is refused in a sentence', async () => {
    for (const path of ['findings?cursor=abc', 'problems?cursor=WzEsMl0', 'findings?cursor=WzFlMTYsMCwwLDBd']) {
      const { status, body } = await ask<{ errors: { parameter: string }[] }>(path);
      expect([path, status, body.errors[0]?.parameter]).toEqual([path, 400, 'cursor']);
    }
  });
});

describe('one finding', () => {
  test('says what the newest entry says, and what was said before', async () => {
    const amended = naive.listed({}, { controllers: 'all' }).find(({ versions }) => versions.length > 1);
    if (amended === undefined) throw new Error('the history amends nothing');
    const { body } = await ask<{ reasons: { message: string }[]; history: { verdict: string }[]; amended: boolean }>(
      `findings/${amended.id.replaceAll('/', '-')}`,
    );
    expect(body.amended).toBe(true);
    expect(body.reasons.map(({ message }) => message)).toEqual(newest(amended).reasons.map(({ message }) => message));
    expect(body.history.map(({ verdict }) => verdict)).toEqual(amended.versions.map(({ verdict }) => verdict));
  });

  test('its proof holds, by the key of the log', async () => {
    const { body: page } = await ask<Page>('findings?limit=1');
    const { id } = page.items[0] as Item;
    const { body } = await ask<{
      entry: string;
      leafHash: string;
      hashes: string[];
      logIndex: number;
      size: number;
      checkpoint: string;
      keys: string[];
    }>(`findings/${id}/proof`);
    const entry = Buffer.from(body.entry, 'base64');
    expect(
      createHash('sha256')
        .update(Buffer.from([0]))
        .update(entry)
        .digest('hex'),
    ).toBe(body.leafHash);
    const note = openNote(body.checkpoint, body.keys.map(parseVerifier));
    const { root, size } = parseCheckpoint(note.text);
    expect(size).toBe(body.size);
    const path = body.hashes.map((hash) => Buffer.from(hash, 'base64'));
    expect(() => verifyInclusion(body.logIndex, size, leafHash(entry), path, root)).not.toThrow();
    expect(api.log.entries[body.logIndex]).toEqual(entry);
  });
});

describe('who may see one controller', () => {
  const as = { controllers: ['janus'] };

  test('has lists, counts, problems and statistics of it alone', async () => {
    const scope = { controllers: new Set(['janus']) };
    const { body: findings } = await ask<Page>('findings?limit=500', as);
    expect(findings.items.map(({ id }) => id.replaceAll('-', '/'))).toEqual(naive.list({}, scope, '-occurredAt'));
    expect(findings.total).toBe(findings.items.length);
    const { body: problems } = await ask<Page>('problems?limit=500', as);
    expect(Object.fromEntries(problems.items.map((each) => [each.id, each.findings]))).toEqual(
      naive.problems({}, scope),
    );
    const { body: statistics } = await ask<{ rows: { controller: string }[]; total: number }>(
      'statistics?by=controller',
      as,
    );
    expect(statistics.rows.map(({ controller }) => controller)).toEqual(['janus']);
    expect(statistics.total).toBe(naive.statistics({}, scope, [])['[]']);
  });

  test('gets of what is foreign the very answer of what never was', async () => {
    const { body: all } = await ask<Page>('findings?controller=jetpak&limit=1');
    const { body: problems } = await ask<Page>('problems?controller=jetpak&limit=1');
    const [finding, problem] = [all.items[0] as Item, problems.items[0] as Item];
    for (const [foreign, never] of [
      [`findings/${finding.id}`, 'findings/9-9-9'],
      [`findings/${finding.id}/proof`, 'findings/9-9-9/proof'],
      [`problems/${problem.id}`, 'problems/p1-0000000000000000'],
      ['registers/jetpak/versions/1', 'registers/nobody/versions/1'],
      ['findings?controller=jetpak', 'findings?controller=nobody'],
      [`findings?problem=${problem.id}`, 'findings?problem=p1-0000000000000000'],
      ['problems?controller=jetpak', 'problems?controller=nobody'],
      ['statistics?controller=jetpak&by=rule', 'statistics?controller=nobody&by=rule'],
      ['duties?controller=jetpak', 'duties?controller=nobody'],
    ] as const) {
      expect({ foreign, ...(await ask(foreign, as)) }).toEqual({ foreign, ...(await ask(never, as)) });
    }
    const said = await say(problem.id, { action: 'acknowledge' }, { ...as, role: 'officer' });
    expect(said).toEqual(await say('p1-0000000000000000', { action: 'acknowledge' }, { ...as, role: 'officer' }));
    expect(said.status).toBe(404);
  });
});

describe('what people say of a problem', () => {
  let problem: string;
  beforeAll(async () => {
    const { body } = await ask<Page>('problems?controller=acme&limit=1');
    problem = (body.items[0] as Item).id;
  });

  test('stays, with who said it, and makes its state', async () => {
    const first = await say(problem, { action: 'acknowledge', comment: 'Looking.' }, { role: 'officer' });
    expect(first).toMatchObject({
      status: 201,
      body: { status: 'acknowledged', triage: [{ action: 'acknowledge', comment: 'Looking.' }] },
    });
    expect(await say(problem, { action: 'assign', assignee: 'Kari' })).toMatchObject({ body: { assignee: 'Kari' } });
    const again = await say(problem, { action: 'acknowledge' });
    expect(again).toMatchObject({ status: 409, body: { detail: 'The problem is acknowledged already.' } });
    const resolved = await say(problem, { action: 'resolve', reason: 'fixed' });
    expect(resolved).toMatchObject({ status: 201, body: { status: 'resolved', assignee: 'Kari' } });
    const { body: listed } = await ask<Page>('problems?status=resolved');
    expect(listed.items.map(({ id }) => id)).toEqual([problem]);
    const { body: hers } = await ask<Page>('problems?assignee=Kari');
    expect(hers.items.map(({ id }) => id)).toEqual([problem]);
  });

  test.each([
    ['resolve without a reason', { action: 'resolve' }],
    ['assign without a name', { action: 'assign' }],
    ['an empty comment', { action: 'comment' }],
    ['an action that there is not', { action: 'forget' }],
    ['a comment that is too long', { action: 'comment', comment: 'x'.repeat(4_001) }],
  ])('refuses %s', async (_, content) => {
    expect((await say(problem, content)).status).toBe(400);
  });

  test('takes an officer', async () => {
    for (const role of ['dashboard', 'investigator']) {
      expect((await say(problem, { action: 'comment', comment: 'Hm.' }, { role })).status).toBe(403);
    }
  });

  test('is not taken where more was said than the speaker has seen', async () => {
    const said = async () => (await ask<{ triage: { comment: string | null }[] }>(`problems/${problem}`)).body.triage;
    const seen = (await said()).length;
    expect((await say(problem, { action: 'comment', comment: 'First.', seen })).status).toBe(201);
    expect(await say(problem, { action: 'reopen', comment: 'Late.', seen })).toMatchObject({
      status: 409,
      body: { detail: 'Something was said of this problem meanwhile; look at it first.' },
    });
    expect((await say(problem, { action: 'comment', comment: 'Then.', seen: seen + 1 })).status).toBe(201);
    expect((await said()).slice(seen).map(({ comment }) => comment)).toEqual(['First.', 'Then.']);
    expect((await say(problem, { action: 'comment', comment: 'More.', seen: 1_000 })).status).toBe(201);
    expect((await say(problem, { action: 'comment', comment: 'No.', seen: -1 })).status).toBe(400);
  });

  test('of two at once both are kept, or one is told', async () => {
    const both = await Promise.all(['One.', 'Two.'].map((comment) => say(problem, { action: 'comment', comment })));
    const { body } = await ask<{ triage: { comment: string | null }[] }>(`problems/${problem}`);
    const kept = body.triage
      .map(({ comment }) => comment)
      .filter((comment) => comment === 'One.' || comment === 'Two.');
    expect(kept).toHaveLength(both.filter(({ status }) => status === 201).length);
    expect(both.every(({ status }) => status === 201 || status === 409)).toBe(true);
  });
});

describe('the feed', () => {
  test('brings what comes, to whom it is for, and goes on where a client left', async () => {
    const { body: state } = await ask<{ through: number }>('log');
    const from = state.through;
    const [everybody, janus] = [await api.headers('*'), await api.headers(['janus'])];
    const feed = new EventReader(`${api.url}/api/v1/feed`, everybody);
    await feed.next(({ event }) => event === 'checkpoint');
    await api.append(later);
    const after = new NaiveViews([...made, ...later]);
    const { body: grown } = await ask<{ through: number }>('log');
    const replay = async (headers: Record<string, string>, last: string) => {
      const again = new EventReader(`${api.url}/api/v1/feed`, { ...headers, 'last-event-id': last });
      const ids: { id: string; controller: string | null }[] = [];
      // Something that is said comes behind all that was there.
      const { body: any } = await ask<Page>('problems?controller=janus&limit=1');
      await again.next(({ event }) => event === 'checkpoint');
      await say((any.items[0] as Item).id, { action: 'comment', comment: 'A mark.' });
      await again.next(({ event }) => event === 'triage');
      await again.close();
      for (const { event, data } of again.seen) if (event === 'finding') ids.push(data as Item);
      return ids;
    };
    const all = await replay(everybody, String(from - 1));
    const listed = [...after.findings].filter(({ id }) => all.some((each) => each.id === id.replaceAll('/', '-')));
    expect(all.length).toBe(listed.length);
    expect(all.length).toBeGreaterThan(0);
    const hers = await replay(janus, String(from - 1));
    expect(hers).toEqual(all.filter(({ controller }) => controller === 'janus'));
    const last = await feed.next(
      ({ event, id }) => event === 'finding' && Number(id) === Math.max(...all.map((each) => (each as Item).logIndex)),
    );
    await feed.close();
    expect(Number(last.id)).toBeLessThan(grown.through);
    const live = feed.seen.filter(({ event }) => event === 'finding').map(({ data }) => (data as Item).id);
    expect(live).toEqual(all.map(({ id }) => id));
    expect(await replay(everybody, last.id as string)).toEqual([]);
  });

  test('goes on also for who had seen no finding yet', async () => {
    const headers = await api.headers('*');
    const feed = new EventReader(`${api.url}/api/v1/feed`, headers);
    const { id } = await feed.next(({ event }) => event === 'checkpoint');
    await feed.close();
    const { body } = await ask<{ through: number }>('log');
    expect(Number(id)).toBe(body.through - 1);
    expect(feed.seen.filter(({ event }) => event === 'finding')).toEqual([]);
  });

  test('one person cannot keep any number of connections', async () => {
    const headers = await api.headers('*');
    const open = new AbortController();
    const answers = [];
    for (let i = 0; i <= 50; i++) {
      answers.push((await fetch(`${api.url}/api/v1/feed`, { headers, signal: open.signal })).status);
    }
    open.abort();
    expect(answers).toEqual([...Array.from({ length: 50 }, () => 200), 429]);
  });

  test('what is said of a foreign problem is not told', async () => {
    const { body } = await ask<Page>('problems?controller=jetpak&limit=1');
    const { body: own } = await ask<Page>('problems?controller=janus&limit=1');
    const [foreign, known] = [(body.items[0] as Item).id, (own.items[0] as Item).id];
    const feed = new EventReader(`${api.url}/api/v1/feed`, await api.headers(['janus']));
    await feed.next(({ event }) => event === 'checkpoint');
    await say(foreign, { action: 'comment', comment: 'Secret.' });
    await say(known, { action: 'comment', comment: 'Open.' });
    const { data } = await feed.next(({ event }) => event === 'triage');
    await feed.close();
    expect(data).toEqual({ problem: known, action: 'comment' });
  });

  test('an id that no event had is refused', async () => {
    const headers = { ...(await api.headers('*')), 'last-event-id': 'yesterday' };
    const response = await fetch(`${api.url}/api/v1/feed`, { headers });
    expect(response.status).toBe(400);
    await expectDescribed(response);
  });
});
