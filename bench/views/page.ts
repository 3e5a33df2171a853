import type { Browser } from 'playwright-core';
import { startChromium } from '../../test/support/browser/chromium.js';
import { answerTimes, type AnswerTimes } from '../read/answer-times.js';

/** How long somebody waits who opens the page. */
export interface PaintTimes {
  /** Of anything. */
  readonly firstPaint: AnswerTimes;
  /** Of the figures and charts, with nothing left that is loading. */
  readonly whole: AnswerTimes;
  /** That came over the network for one of them, as compressed. */
  readonly bytes: number;
}

interface Paints {
  readonly first: number;
  readonly whole: number;
  readonly bytes: number;
}

/** Patience with a page, ms. */
const PATIENCE = 60_000;

const PAINTED = 'painted';

/** Runs in the page: looks at each frame whether it shows all that it is to show, and says when that was, in ms. */
const WATCH = `
  const look = () => {
    const main = document.querySelector('main');
    const done = main?.querySelector('svg[role=img], figure svg') && !main.querySelector('[role=status][aria-label]');
    if (!done) return requestAnimationFrame(look);
    // The frame after the one in which it is there: then it has been painted.
    requestAnimationFrame(() => console.debug('${PAINTED}', performance.now()));
  };
  requestAnimationFrame(look);
`;

/** Opens a page again and again, each time with an empty cache. @param token by which the api knows who asks */
export async function paintTimes(url: string, token: string, times: number): Promise<PaintTimes> {
  const browser = await startChromium();
  try {
    // The first one is that of a cold browser.
    await open(browser, url, token);
    const started = performance.now();
    const all: Paints[] = [];
    for (let i = 0; i < times; i++) all.push(await open(browser, url, token));
    const seconds = (performance.now() - started) / 1_000;
    const of = (time: (paints: Paints) => number): AnswerTimes => answerTimes(all.map(time), seconds);
    return {
      firstPaint: of(({ first }) => first),
      whole: of(({ whole }) => whole),
      bytes: Math.max(...all.map(({ bytes }) => bytes)),
    };
  } finally {
    await browser.close();
  }
}

async function open(browser: Browser, url: string, token: string): Promise<Paints> {
  const context = await browser.newContext({ extraHTTPHeaders: { authorization: `Bearer ${token}` } });
  try {
    await context.addInitScript(WATCH);
    const page = await context.newPage();
    const said = page.waitForEvent('console', {
      predicate: (line) => line.text().startsWith(PAINTED),
      timeout: PATIENCE,
    });
    const [line] = await Promise.all([said, page.goto(url)]);
    // The browser may tell of a paint later than we saw it.
    const paints = await page.evaluate<Omit<Paints, 'whole'>>(`new Promise((resolve) => {
      new PerformanceObserver((list) => {
        const paint = list.getEntriesByName('first-contentful-paint')[0];
        if (paint === undefined) return;
        const bytes = performance.getEntries().reduce((sum, { transferSize = 0 }) => sum + transferSize, 0);
        resolve({ first: paint.startTime, bytes });
      }).observe({ type: 'paint', buffered: true });
    })`);
    return { ...paints, whole: Number(line.text().slice(PAINTED.length)) };
  } finally {
    await context.close();
  }
}
