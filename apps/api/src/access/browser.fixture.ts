import { parseSetCookie, stringifyCookie } from 'cookie';

/** A page that a browser shows. */
export interface Page {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where it came through, by redirects. */
  readonly through: readonly string[];
}

const MAX_REDIRECTS = 10;

/** As much of a browser as a login needs: it follows redirects, keeps cookies by host, and fills in forms. */
export class Browser {
  /** By host name, as browsers do: a cookie does not know of ports. */
  private readonly jars = new Map<string, Map<string, string>>();

  /** Where it does not follow a redirect to. */
  stopAt: string | null = null;

  /** Follows redirects to the page they lead to. */
  async go(to: string | URL, form?: Readonly<Record<string, string>>): Promise<Page> {
    const through: string[] = [];
    let url = new URL(to);
    let body = form === undefined ? null : new URLSearchParams(form);
    for (;;) {
      const response = await this.fetch(url, body === null ? {} : { method: 'POST', body });
      const location = response.headers.get('location');
      if (location === null || response.status < 300 || response.status > 399) {
        return { url, status: response.status, headers: response.headers, text: await response.text(), through };
      }
      await response.body?.cancel();
      through.push(url.href);
      if (through.length > MAX_REDIRECTS) throw new Error(`redirected in circles: ${through.join(' → ')}`);
      url = new URL(location, url);
      if (url.pathname === this.stopAt) return { url, status: 0, headers: new Headers(), text: '', through };
      body = null;
    }
  }

  /** Fills in the form of a page, with its hidden fields, and sends it. */
  async submit(page: Page, fields: Readonly<Record<string, string>>): Promise<Page> {
    const action = /<form[^>]* action="([^"]*)"/.exec(page.text)?.[1] ?? '';
    const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']): [string, string] => [name, value],
    );
    const all = { ...Object.fromEntries(hidden), ...fields };
    return this.go(action === '' ? page.url : new URL(action, page.url), all);
  }

  /** A request with the cookies of its host; follows nothing. */
  async fetch(to: string | URL, init: RequestInit = {}): Promise<Response> {
    const url = new URL(to);
    const headers = new Headers(init.headers);
    const cookie = stringifyCookie(Object.fromEntries(this.cookies(url)));
    if (cookie !== '') headers.set('cookie', cookie);
    if (!headers.has('accept')) headers.set('accept', 'text/html,application/xhtml+xml,*/*;q=0.8');
    const response = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const text of response.headers.getSetCookie()) {
      const { name, value, maxAge, expires } = parseSetCookie(text);
      if (value === undefined || value === '' || maxAge === 0 || Number(expires ?? Infinity) < Date.now()) {
        this.cookies(url).delete(name);
      } else this.cookies(url).set(name, value);
    }
    return response;
  }

  /** Those for the host of a URL, by name; may be changed. */
  cookies(url: string | URL): Map<string, string> {
    const { hostname } = new URL(url);
    const jar = this.jars.get(hostname) ?? new Map<string, string>();
    this.jars.set(hostname, jar);
    return jar;
  }
}
