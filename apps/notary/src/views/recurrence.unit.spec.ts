import { expect, test } from '@jest/globals';
import { HJEMMEL, TriageBook } from '#libs/triage';
import type { Action, Actor, Statement, TriageEntry } from '#libs/triage';
import { Recurrence } from './recurrence.js';

/** What was said, in memory. */
class Said {
  readonly entries: TriageEntry[] = [];

  since(): Promise<TriageEntry[]> {
    return Promise.resolve([...this.entries]);
  }

  of(problem: string): Promise<TriageEntry[]> {
    return Promise.resolve(this.entries.filter((entry) => entry.problem === problem));
  }

  add(problem: string, n: number, statement: Statement, actor: Actor, at: number): Promise<boolean> {
    if (this.entries.some((entry) => entry.problem === problem && entry.n === n)) return Promise.resolve(false);
    this.entries.push({ problem, n, ...statement, actor, at });
    return Promise.resolve(true);
  }
}

const saying = (action: Action): Statement => ({ action, comment: null, reason: null, assignee: null });

test.each([
  ['has come up again', ['p1-a'], ['resolve', 'reopen']],
  ['has not', [], ['resolve']],
])('a resolved problem that %s', async (_, again, actions) => {
  const said = new Said();
  await said.add('p1-a', 0, saying('resolve'), { subject: 'u1', name: 'Olav' }, 2_000);
  const asked: unknown[] = [];
  const recurrence = new Recurrence(new TriageBook(said), said, (resolved) => {
    asked.push(new Map(resolved));
    return Promise.resolve(again);
  });
  await recurrence.look(5_000);
  // Once is enough.
  await recurrence.look(6_000);
  expect(said.entries.map(({ action }) => action)).toEqual(actions);
  expect(asked[0]).toEqual(new Map([['p1-a', 2_000]]));
  if (actions.length === 2) expect(said.entries[1]).toMatchObject({ actor: HJEMMEL, at: 5_000 });
});

test('nobody asks about problems of which none is resolved', async () => {
  const said = new Said();
  await said.add('p1-a', 0, saying('acknowledge'), { subject: 'u1', name: 'Olav' }, 2_000);
  const recurrence = new Recurrence(new TriageBook(said), said, () => Promise.reject(new Error('asked')));
  await expect(recurrence.look(5_000)).resolves.toBe(true);
});
