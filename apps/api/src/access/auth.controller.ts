import { Controller, Get, HttpCode, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Logger } from 'pino';
import { buildEndSessionUrl } from 'openid-client';
import { Problem } from '../http/problem.js';
import { LOG } from '../log/log.controller.js';
import { ACCESS } from './access.js';
import type { Access } from './access.js';
import { isLoopback } from './access-settings.js';
import { personFrom } from './claims.js';
import { csrfFault } from './csrf.js';
import { beginLogin, LOGIN_WITHIN_S, loginClaims, openLogin } from './login.js';
import { toldOf } from './login-fault.js';
import { sendLoginPage } from './login-page.js';
import { returnPath } from './return-to.js';
import { newSession, openSession } from './session.js';
import { setSession } from './session-cookie.js';

/** Login and logout of people with the page: OpenID Connect, authorization code with PKCE. */
@Controller('auth')
export class AuthController {
  constructor(
    @Inject(ACCESS) private readonly access: Access | null,
    @Inject(LOG) private readonly log: Logger,
  ) {}

  /** Sends the browser to the provider; `returnTo`: the path to come back to, `again`: ask for the password anyway. */
  @Get('login')
  async login(
    @Req() request: Request,
    @Res() response: Response,
    @Query('returnTo') returnTo: unknown,
    @Query('again') again: unknown,
  ): Promise<void> {
    await this.telling(request, response, async (access) => {
      const path = returnPath(returnTo);
      const elsewhere = publicPlace(request, access.settings.publicUrl, path);
      if (elsewhere !== null) return response.redirect(303, elsewhere);
      const { config } = await access.provider.present();
      const begin = (returnTo: string) =>
        beginLogin(config, access.settings, returnTo, again !== undefined, Date.now());
      let login = await begin(path);
      // A browser would drop the cookie, and nobody could log in: who comes with so long a place begins at the page.
      if (!access.logins.fits(login.sealed)) login = await begin('/');
      access.logins.set(response, login.sealed, LOGIN_WITHIN_S);
      response.redirect(303, login.to.href);
    });
  }

  /** Where the provider sends the browser back to. */
  @Get('callback')
  async callback(@Req() request: Request, @Res() response: Response): Promise<void> {
    await this.telling(request, response, async (access) => {
      const { settings, provider, logins } = access;
      const now = Date.now();
      const login = await openLogin(logins.read(request), settings, now);
      logins.clear(response);
      const query = new URL(request.originalUrl, settings.publicUrl).searchParams;
      const claims = await loginClaims(query, login, await provider.known(), settings);
      await setSession(response, newSession(personFrom(claims, settings), now), access, now);
      response.redirect(303, login.returnTo);
    });
  }

  /** Ends the session; `location` is where the browser goes to end the one at the provider too. */
  @Post('logout')
  @HttpCode(200)
  async logout(@Req() request: Request, @Res() response: Response): Promise<void> {
    if (this.access === null) throw new Problem('access-not-configured');
    const { settings, provider, sessions } = this.access;
    const session = await openSession(sessions.read(request), settings.sessionKeys, Date.now());
    if (session !== null) {
      const fault = csrfFault(request, session.csrfToken, settings.publicUrl.origin);
      if (fault !== null) throw new Problem('csrf-token', { detail: fault });
    }
    sessions.clear(response);
    const config = await provider.known().then(
      (known) => known.config,
      () => null,
    );
    // RP-initiated logout, where the provider has it.
    const location =
      config?.serverMetadata().end_session_endpoint === undefined
        ? '/'
        : buildEndSessionUrl(config, { post_logout_redirect_uri: settings.publicUrl.href }).href;
    response.set('cache-control', 'no-store').json({ location });
  }

  /** What goes wrong is told in a page to who reads pages, and else as a problem. */
  private async telling(
    request: Request,
    response: Response,
    action: (access: Access) => Promise<void>,
  ): Promise<void> {
    response.set('cache-control', 'no-store');
    try {
      if (this.access === null) throw new Problem('access-not-configured');
      await action(this.access);
    } catch (fault) {
      const told = toldOf(fault);
      if (told === null) throw fault;
      this.log.warn({}, `a login failed: ${told.reason}`);
      if (request.accepts(['json', 'html']) !== 'html') throw told.problem;
      sendLoginPage(response, told.problem);
    }
  }
}

/**
 * Where a login has to begin, when it was asked for under another name of this machine (`localhost` for `127.0.0.1`):
 * the provider sends people back to the one in the settings, and only there the login is known. null: here.
 */
function publicPlace({ headers, path }: Request, publicUrl: URL, returnTo: string): string | null {
  if (!isLoopback(publicUrl) || headers.host === publicUrl.host || !path.startsWith('/auth/')) return null;
  const place = new URL('/auth/login', publicUrl);
  place.searchParams.set('returnTo', returnTo);
  return place.href;
}
