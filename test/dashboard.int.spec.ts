import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { startChromium } from './support/browser/chromium.js';
import { Site } from './support/browser/site.js';
import { WatchedPage } from './support/browser/watched-page.js';
import { mailTo } from './support/people.js';
import { testServers } from './support/servers.js';

/** The dashboard in a real browser, as the people of `npm start` meet it. One person's day: the tests follow each other. */
jest.setTimeout(120_000);
/** Where Chromium is missing it is brought, from wherever the machine's packages come. */
const INSTALLED_WITHIN_MS = 600_000;
/** ms that something may take to appear; a machine may be busy. */
const PATIENCE = 30_000;

let site: Site;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let watched: WatchedPage;

beforeAll(async () => {
  [browser, site] = await Promise.all([startChromium(), Site.start(testServers())]);
  ({ context, page, watched } = await newPage());
}, INSTALLED_WITHIN_MS);

afterAll(async () => {
  await browser?.close();
  await site?.stop();
});

afterEach(() => {
  expect(watched.complaints).toEqual([]);
});

async function newPage() {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Oslo',
    colorScheme: 'light',
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  return { context, page, watched: new WatchedPage(page) };
}

/** Opens the page, which leads who is not logged in to the provider. */
async function open(path: string): Promise<void> {
  await page.goto(site.url + path);
  await heading('Log in to Hjemmel').waitFor();
}

async function logIn(login: string): Promise<void> {
  await page.getByLabel('Name').fill(login);
  await page.getByLabel('Password').fill(site.passwordOf(login));
  await page.keyboard.press('Enter');
}

const heading = (text: string | RegExp, on = page) => on.getByRole('heading', { level: 1, name: text });

/** Resolves once the view of this title is there with all of its data. */
async function shown(title: string | RegExp, on = page): Promise<void> {
  await heading(title, on).waitFor();
  await on.locator('main [role=status][aria-label="Loading …"]').first().waitFor({ state: 'detached' });
}

/** By the keys that lead everywhere. */
async function goTo(key: string, title: string): Promise<void> {
  await page.keyboard.press('g');
  await page.keyboard.press(key);
  await shown(title);
}

/** What the api says, to whom the page belongs. */
async function told<T>(path: string, by = context): Promise<T> {
  return (await (await by.request.get(`${site.url}/api/v1${path}`)).json()) as T;
}

const total = async (list: string) => (await told<{ total: number }>(list)).total;
const number = (count: number) => count.toLocaleString('en-GB');
const pathOf = (url = page.url()) => url.slice(site.url.length);
const shot = async (name: string, part?: Locator) => expect(await watched.inspect(name, part)).toEqual([]);
const texts = async (all: Locator) => (await all.allInnerTexts()).map((text) => text.trim());

/** Each chart of a view can be read as a table, and the address says so. */
async function readAsTables(charts: number): Promise<void> {
  await page
    .getByRole('button', { name: /^Show as table/ })
    .first()
    .waitFor();
  expect(await page.getByRole('button', { name: /^Show as table/ }).count()).toBe(charts);
  for (let left = charts; left > 0; left--) {
    const open = page.getByRole('button', { name: /^Show as table/ }).first();
    const title = (await open.innerText()).split(':').at(-1)?.trim() ?? '';
    await open.click();
    const rows = page.getByRole('region', { name: `${title}, scrollable` }).getByRole('row');
    await rows.nth(1).waitFor();
  }
  expect(new URL(page.url()).searchParams.getAll('table')).toHaveLength(charts);
  for (let left = charts; left > 0; left--)
    await page
      .getByRole('button', { name: /^Show as chart/ })
      .first()
      .click();
  await page.waitForURL((url) => !url.searchParams.has('table'));
}

describe('an officer', () => {
  test('logs in at the provider, and is led to where they wanted to go', async () => {
    await open('/');
    await shot('login');
    await logIn('officer');
    await shown('Overview');
    expect(pathOf()).toBe('/');
    await page.getByText('Live', { exact: true }).waitFor();
  });

  test('sees what broke, in figures and charts', async () => {
    const open = await total('/problems?status=open&limit=1');
    expect(open).toBeGreaterThan(10);
    await page.getByRole('link', { name: new RegExp(`^Open problems ${number(open)}\\b`) }).waitFor();
    for (const card of ['Newest problems', 'Duties due soon', 'The log’s health']) {
      await page.getByRole('heading', { name: card }).waitFor();
    }
    await page.getByText('All in order').waitFor();
    expect(await page.getByRole('img', { name: /: [\d,.% ]+.* from .* to / }).count()).toBe(2);
    await shot('overview');
    await readAsTables(2);
  });

  test('sees a problem come while they look, and opens it by keyboard', async () => {
    await goTo('p', 'Problems');
    await page.locator('[data-row]').first().waitFor();
    await shot('problems');
    await page.evaluate('globalThis.notReloaded = true');
    // Under the pointer nothing moves: there, what is new waits for who asks for it.
    await page.mouse.move(0, 0);
    const mail = mailTo('someone-new', Date.now());
    await site.happens({ ...mail, event: { ...mail.event, service: 'winter-campaign' } } as typeof mail);
    const row = page.getByRole('row').filter({ hasText: 'winter-campaign' });
    await row.waitFor();
    expect(await page.evaluate('globalThis.notReloaded')).toBe(true);
    // The newest comes first.
    expect((await texts(page.locator('tbody tr')))[0]).toContain('winter-campaign');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/problems\/p1-[0-9a-f]{16}$/);
    await shown('No consent');
    await page.getByText('winter-campaign').first().waitFor();
  });

  test('acknowledges it, comments on it and resolves it, all by keyboard', async () => {
    const timeline = page.getByRole('list').filter({ hasText: 'The first finding' });
    const done = timeline.getByRole('listitem');
    // The desk takes nothing else while something is being saved.
    const saved = () => page.getByText('being saved').waitFor({ state: 'detached' });
    await page.keyboard.press('a');
    await page.getByRole('dialog', { name: 'Acknowledge this problem' }).waitFor();
    await page.keyboard.press('Enter');
    await done.filter({ hasText: 'Olga Officer acknowledged it' }).waitFor();
    await saved();
    await page.keyboard.press('c');
    await page.getByRole('dialog', { name: 'Comment on this problem' }).waitFor();
    await page.keyboard.type('The campaign took the wrong list.');
    await page.keyboard.press('Control+Enter');
    await done.filter({ hasText: 'The campaign took the wrong list.' }).waitFor();
    await saved();
    await page.keyboard.press('e');
    const dialog = page.getByRole('dialog', { name: 'Resolve this problem' });
    await dialog.waitFor();
    await shot('problem-resolve');
    await dialog.getByRole('radio', { name: /^The service was mended/ }).press('Space');
    await page.keyboard.press('Control+Enter');
    await done.filter({ hasText: 'Olga Officer resolved it: The service was mended' }).waitFor();
    await saved();
    const { triage, status } = await told<{ status: string; triage: { action: string }[] }>(pathOf());
    expect({ status, actions: triage.map(({ action }) => action) }).toEqual({
      status: 'resolved',
      actions: ['acknowledge', 'comment', 'resolve'],
    });
    await readAsTables(1);
    const said = page.getByRole('button', { name: 'Close', exact: true });
    while ((await said.count()) > 0) await said.first().click();
    await shot('problem');
  });

  test('goes back and forward, and finds each view as they left it', async () => {
    await goTo('p', 'Problems');
    await page.getByRole('columnheader', { name: 'Findings' }).getByRole('button').click();
    await page.waitForURL(/sort=-findings/);
    await page
      .getByRole('columnheader', { name: 'Findings', exact: false })
      .and(page.locator('[aria-sort=descending]'))
      .waitFor();
    const sorted = pathOf();
    await page.locator('main').press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/problems\/p1-/);
    const problem = pathOf();
    await page.getByRole('radio', { name: '90 days' }).check();
    await page.waitForURL(/days=90/);
    await page.goBack();
    await shown('Problems');
    expect(pathOf()).toBe(sorted);
    await page.locator('[aria-sort=descending]').waitFor();
    await page.goForward();
    await page.getByRole('radio', { name: '90 days', checked: true }).waitFor();
    expect(pathOf()).toBe(`${problem}?days=90`);
  });

  test('exports what they filtered', async () => {
    await page.goto(`${site.url}/findings?controller=janus&verdict=gap`);
    await shown('Findings');
    await page.locator('[data-row]').first().waitFor();
    await shot('findings');
    await page.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'As CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^hjemmel-findings-janus-\d{4}-\d\d-\d\d\.csv$/);
    const [head = '', ...rows] = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\r\n');
    expect(rows).toHaveLength(await total('/findings?controller=janus&verdict=gap&limit=1'));
    const columns = head.split(',');
    for (const row of rows) {
      expect(row).toContain('janus');
      expect(row).toContain('gap');
      expect(row).not.toContain('violation');
    }
    expect(columns).toEqual(expect.arrayContaining(['id', 'verdict', 'controller']));
  });

  test('sees of a finding what was declared, what happened, and how it was judged', async () => {
    await page.goto(`${site.url}/findings?rule=recipient-undeclared`);
    await shown('Findings');
    await page.locator('[data-row]').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await shown('Recipient not declared');
    const compared = page.getByRole('table', { name: 'Declared and happened' });
    await compared.getByRole('row', { name: /Recipients/ }).waitFor();
    await page.getByText(/^It was held against \d+ rules/).waitFor();
    expect(await page.locator('li[data-outcome=fired]').count()).toBeGreaterThan(0);
    await shot('finding');
  });

  test('verifies it in the browser, which notices what was tampered with', async () => {
    await page.getByRole('tab', { name: 'Position and proof' }).click();
    await page.getByRole('button', { name: 'Verify in this browser' }).click();
    await page.getByText('Proved', { exact: true }).waitFor();
    await shot('finding-proof', page.getByRole('tabpanel'));
    await page.route('**/api/v1/findings/*/proof', async (route) => {
      const response = await route.fetch();
      const proof = (await response.json()) as { entry: string };
      const entry = Buffer.from(proof.entry, 'base64');
      entry.writeUInt8(entry.readUInt8(entry.length - 1) ^ 1, entry.length - 1);
      await route.fulfill({ response, json: { ...proof, entry: entry.toString('base64') } });
    });
    // Evidence that was on its way already is taken as it comes; then it is asked for once more.
    const verifiedAs = async (verdict: string): Promise<void> => {
      const said = page.getByText(verdict, { exact: true });
      do await page.keyboard.press('v');
      while (
        !(await said.waitFor({ timeout: 5_000 }).then(
          () => true,
          () => false,
        ))
      );
    };
    await verifiedAs('Not proved');
    await page.getByText('The hash of the entry is not the one it is known by: entry or hash was changed.').waitFor();
    await page.unrouteAll();
    await verifiedAs('Proved');
  });

  test('reads what a policy declares, what of it was seen, and how its versions differ', async () => {
    await goTo('r', 'Registers');
    await page.getByRole('link', { name: /^Janusfabrikken AS\s+Version 2/ }).waitFor();
    await shot('registers');
    await page.getByRole('link', { name: /^Janusfabrikken AS\s+Version 2/ }).click();
    await shown('Janusfabrikken AS');
    await shot('register');
    for (const tab of ['Clauses', 'Coverage', 'Differences']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.waitForURL(new RegExp(`tab=${tab.toLowerCase()}`));
      await page.getByRole('tabpanel', { name: tab }).waitFor();
      await shown('Janusfabrikken AS');
      await shot(`register-${tab.toLowerCase()}`);
    }
    await page.getByText('From version 1 to version 2').waitFor();
    expect(await page.getByRole('tabpanel').innerText()).toContain('6 months');
    await page.goto(`${site.url}/registers/janus?tab=coverage`);
    await page.waitForURL((url) => pathOf(url.href) === '/registers/janus/versions/2?tab=coverage');
    await shown('Janusfabrikken AS');
  });

  test('sees what is due', async () => {
    await goTo('d', 'Duties');
    await page.getByRole('table', { name: 'What is due, the soonest first' }).waitFor();
    expect(await page.locator('tbody tr').count()).toBeGreaterThanOrEqual(5);
    await shot('duties');
    await readAsTables(1);
  });

  test('sees how the log stands, and has the browser check that it only grew', async () => {
    await goTo('l', 'Log');
    await page.getByRole('list', { name: 'Steps of the check' }).waitFor();
    await page.getByRole('button', { name: 'Check again' }).waitFor();
    await shot('log');
    await site.happens(mailTo('somebody-else', Date.now()));
    await page.getByRole('button', { name: 'Check again' }).click();
    await page.getByText(/are the beginning of today’s .*, unchanged: proved from/).waitFor();
    await page.getByRole('heading', { name: 'The log continues what this browser saw before' }).waitFor();
    await page
      .getByText(`over ${number(site.size)} entries`)
      .first()
      .waitFor();
  });

  test('is told where the server is away; the view comes by itself when it is back', async () => {
    const other = await context.newPage();
    const seen = new WatchedPage(other);
    await other.goto(site.url);
    await shown('Overview', other);
    await seen.expecting(/ERR_FAILED|Unable to preload CSS|CodeMissing/, async () => {
      await other.route(/\/(assets|api|health)\//, (route) => route.abort());
      await other.keyboard.press('g');
      await other.keyboard.press('l');
      await other.getByText('The server does not answer').waitFor();
      await other.unrouteAll();
      await shown('Log', other);
    });
    expect(seen.complaints).toEqual([]);
    await other.close();
  });

  test('sees that nobody is at the other end any more, though no connection ended', async () => {
    const other = await context.newPage();
    await other.clock.install();
    await other.goto(site.url);
    await other.getByText('Live', { exact: true }).waitFor();
    site.freeze();
    try {
      await other.clock.fastForward('01:00');
      await other.getByText('Reconnecting', { exact: true }).waitFor();
    } finally {
      site.thaw();
    }
    await other.getByText('Live', { exact: true }).waitFor();
    await other.close();
  });

  test('is told what was said since they looked, before their own word counts', async () => {
    const other = await context.newPage();
    const seen = new WatchedPage(other);
    const { items } = await told<{ items: { id: string }[] }>('/problems?status=open&limit=1');
    const path = `/problems/${items[0]!.id}`;
    await seen.expecting(/ERR_FAILED|409/, async () => {
      // What is new does not come to this page by itself.
      await other.route(/\/feed$/, (route) => route.abort());
      await other.goto(`${site.url}${path}`);
      await other.getByRole('button', { name: 'Resolve' }).click();
      const dialog = other.getByRole('dialog', { name: 'Resolve this problem' });
      await dialog.getByRole('radio', { name: /^The service was mended/ }).press('Space');
      const { csrfToken } = await told<{ csrfToken: string }>('/me');
      const headers = { 'x-csrf-token': csrfToken, origin: site.url };
      const data = { action: 'comment', comment: 'Wait with this one.' };
      const said = await context.request.post(`${site.url}/api/v1${path}/triage`, { headers, data });
      expect(said.status()).toBe(201);
      await other.keyboard.press('Control+Enter');
      await dialog.getByText('Somebody else was first').waitFor();
      await dialog.getByText('Wait with this one.').waitFor();
      expect((await told<{ status: string }>(path)).status).toBe('open');
      await other.keyboard.press('Control+Enter');
      await other.getByText('Olga Officer resolved it: The service was mended').waitFor();
      await other.getByText('being saved').waitFor({ state: 'detached' });
    });
    expect(seen.complaints).toEqual([]);
    await other.close();
  });

  test('is told that the session is over, is not led away, and loses nothing that was typed', async () => {
    await goTo('p', 'Problems');
    await page.locator('[data-row]').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/problems\/p1-/);
    const problem = pathOf();
    await page.getByRole('button', { name: 'Comment' }).waitFor();
    await page.keyboard.press('c');
    const comment = page.getByRole('dialog').getByRole('textbox');
    await comment.fill('Half a thought');
    await watched.expecting(/401/, async () => {
      await context.clearCookies({ name: /hjemmel-session$/ });
      await site.happens(mailTo('one-more', Date.now()));
      await page.getByText('You are signed out').waitFor();
      // Marking text with the mouse, beyond the dialog's edge, does not close it.
      const box = (await comment.boundingBox())!;
      await page.mouse.move(box.x + 20, box.y + 10);
      await page.mouse.down();
      await page.mouse.move(2, box.y + 10);
      await page.mouse.up();
      expect(await comment.inputValue()).toBe('Half a thought');
      await page.keyboard.press('Escape');
      expect(pathOf()).toBe(problem);
      await page.getByRole('link', { name: 'Sign in' }).click();
      // The provider still knows them.
      await page.getByRole('button', { name: 'Comment' }).waitFor();
    });
    expect(pathOf()).toBe(problem);
    await page.keyboard.press('c');
    expect(await comment.inputValue()).toBe('Half a thought');
    await page.keyboard.press('Escape');
  });

  test('opens a menu while a view is on its way, and the view does not close it', async () => {
    await page.goto(`${site.url}/problems`);
    await shown('Problems');
    const arrives = Promise.withResolvers<void>();
    await page.route('**/assets/DutiesView-*.js', async (route) => {
      await arrives.promise;
      await route.continue();
    });
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.waitForURL(/\/duties$/);
    await page.getByRole('button', { name: /You and your settings/ }).click();
    const choice = page.getByRole('menuitemradio', { name: 'Dark' });
    await choice.waitFor();
    arrives.resolve();
    await shown('Duties');
    await page.getByRole('cell').first().waitFor();
    await choice.click();
    await page.getByRole('menuitemradio', { name: 'Light' }).click();
    await page.keyboard.press('Escape');
    await choice.waitFor({ state: 'hidden' });
    await page.unroute('**/assets/DutiesView-*.js');
  });

  test('reads it in Norwegian, in the dark, with times in UTC; it stays so', async () => {
    await goTo('o', 'Overview');
    await page.getByRole('button', { name: /You and your settings/ }).click();
    await page.getByRole('menuitemradio', { name: 'Dark' }).click();
    await page.getByRole('menuitemradio', { name: 'UTC', exact: true }).click();
    await page.getByRole('menuitemradio', { name: 'Norsk' }).click();
    await page.keyboard.press('Escape');
    await heading('Oversikt').waitFor();
    await page.reload();
    await heading('Oversikt').waitFor();
    expect(await page.evaluate('[document.documentElement.lang, document.documentElement.dataset.theme]')).toEqual([
      'nb',
      'dark',
    ]);
    await page.getByText('Direkte', { exact: true }).waitFor();
    await shot('overview-norwegian');
  });

  test('logs out: the session is over', async () => {
    await page.getByRole('button', { name: /Deg og dine innstillinger/ }).click();
    await page.getByRole('menuitem', { name: 'Logg ut' }).click();
    await heading('Log out of Hjemmel').waitFor();
    expect((await context.request.get(`${site.url}/api/v1/me`)).status()).toBe(401);
    await page.getByRole('button', { name: 'Log out' }).click();
    await heading('Log in to Hjemmel').waitFor();
  });
});

test('who may only look sees no more than that, of their controllers alone', async () => {
  await context.close();
  ({ context, page, watched } = await newPage());
  await open('/problems');
  await logIn('viewer');
  await shown('Problems');
  await page.locator('[data-row]').first().waitFor();
  for (const row of await texts(page.locator('tbody tr'))) expect(row).toMatch(/Jetpak|Jetcards/i);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/problems\/p1-/);
  await page.getByText(/^You may look at problems/).waitFor();
  for (const action of ['Acknowledge', 'Assign …', 'Comment', 'Resolve']) {
    expect(await page.getByRole('button', { name: action }).count()).toBe(0);
  }
  await page.keyboard.press('a');
  expect(await page.getByRole('dialog').count()).toBe(0);
});
