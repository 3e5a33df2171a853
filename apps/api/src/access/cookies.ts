import { parseCookie, stringifySetCookie } from 'cookie';
import type { Request, Response } from 'express';

/** Bytes of name and value that every browser keeps; beyond it they drop the cookie without a word. */
const MAX_BYTES = 4_000;

/** A cookie of ours: out of reach of scripts, and of other sites' unsafe requests. */
export class Cookie {
  readonly name: string;

  /** @param secure the page is reached over https; then no other host and no insecure page can set it either */
  constructor(
    name: string,
    private readonly secure: boolean,
  ) {
    this.name = secure ? `__Host-${name}` : name;
  }

  read(request: Request): string | undefined {
    return parseCookie(request.headers.cookie ?? '')[this.name];
  }

  /** Whether browsers keep a value so long. */
  fits(value: string): boolean {
    return this.name.length + value.length <= MAX_BYTES;
  }

  /** @param seconds for which browsers keep it */
  set(response: Response, value: string, seconds: number): void {
    const { name, secure } = this;
    const options = { httpOnly: true, sameSite: 'lax', path: '/', maxAge: Math.max(0, seconds), secure } as const;
    response.append('set-cookie', stringifySetCookie({ name, value, ...options }));
  }

  clear(response: Response): void {
    this.set(response, '', 0);
  }
}
