import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Locator, Page } from 'playwright-core';
import { repositoryRoot } from '../../../apps/local/src/stack/paths.js';

/** Pictures of the run. */
const PICTURES = join(repositoryRoot, '.local', 'screenshots');
/** SCREENSHOTS=docs/screenshots puts those here which the documentation has. */
const DOCUMENTATION = process.env['SCREENSHOTS'];
const DOCUMENTED = [
  ...['overview-light', 'overview-dark', 'problems-light', 'problem-light', 'problem-narrow', 'findings-light'],
  ...['finding-light', 'finding-proof-light', 'registers-light', 'register-light', 'register-coverage-light'],
  ...['register-differences-light', 'duties-light', 'log-light'],
];
/** px; of long lists the documentation shows the beginning. */
const DOCUMENTED_HEIGHT = 1_300;

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE: RunOptions = { runOnly: ['wcag2a', 'wcag2aa'], resultTypes: ['violations'] };
const SERIOUS = ['serious', 'critical'];

/** px that the page can be scrolled sideways. */
const OVERFLOW = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';

const WIDE = { width: 1280, height: 900 };
/** A small telephone. */
const NARROW = { width: 380, height: 800 };

/** A page whose faults are noticed, wherever it goes. */
export class WatchedPage {
  /** What the browser complained about: errors in the console, uncaught ones, what the Content-Security-Policy refused. */
  readonly complaints: string[] = [];
  private expected: RegExp | null = null;

  constructor(readonly page: Page) {
    page.on('console', (message) => {
      if (message.type() === 'error') this.complain(`${page.url()}: ${message.text()} (${message.location().url})`);
    });
    page.on('pageerror', (fault) => this.complain(`${page.url()}: ${fault.message}`));
  }

  /** What is complained about while `action` goes on, and fits, is none. */
  async expecting(complaint: RegExp, action: () => Promise<void>): Promise<void> {
    this.expected = complaint;
    await action();
    this.expected = null;
  }

  /**
   * Looks at the view as it stands: in light and in dark, and on a telephone. Keeps a picture of each.
   *
   * @param part of the view that the documentation shows; left out: all of it
   * @returns what is wrong with it: what axe finds serious, and how far it runs over the edge
   */
  async inspect(name: string, part?: Locator): Promise<string[]> {
    const { page } = this;
    const faults: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      for (const fault of await this.axe()) faults.push(`${name}, ${colorScheme}: ${fault}`);
      await this.picture(`${name}-${colorScheme}`, part);
    }
    await page.emulateMedia({ colorScheme: 'light' });
    await page.setViewportSize(NARROW);
    const over = await page.evaluate<number>(OVERFLOW);
    if (over > 0) faults.push(`${name}, ${NARROW.width} px wide: ${over} px over the edge`);
    await this.picture(`${name}-narrow`, part);
    await page.setViewportSize(WIDE);
    return faults;
  }

  private async axe(): Promise<string[]> {
    const { page } = this;
    // Through the DevTools protocol, which the page's Content-Security-Policy does not concern.
    if (!(await page.evaluate<boolean>(`'axe' in globalThis`))) await page.evaluate(axe);
    const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(AXE)})`);
    return violations
      .filter(({ impact }) => SERIOUS.includes(impact ?? ''))
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map(({ target, any }) => `${target.join(' ')} ${any[0]?.message ?? ''}`).join('; ')}`,
      );
  }

  private async picture(name: string, part: Locator | undefined): Promise<void> {
    const { page } = this;
    mkdirSync(PICTURES, { recursive: true });
    await page.evaluate('scrollTo(0, 0)');
    await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
    if (!DOCUMENTATION || !DOCUMENTED.includes(name)) return;
    const path = join(resolve(repositoryRoot, DOCUMENTATION), `${name}.png`);
    if (part !== undefined) {
      await part.screenshot({ path });
      return;
    }
    const [width, whole] = await page.evaluate<[number, number]>(
      '[document.documentElement.clientWidth, document.documentElement.scrollHeight]',
    );
    const height = Math.min(whole, DOCUMENTED_HEIGHT);
    await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width, height } });
  }

  private complain(text: string): void {
    if (this.expected?.test(text) !== true) this.complaints.push(text);
  }
}
