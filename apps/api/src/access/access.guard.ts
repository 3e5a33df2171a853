import { Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { Problem } from '../http/problem.js';
import { ACCESS } from './access.js';
import type { Access } from './access.js';
import { NoRole, personFrom } from './claims.js';
import { csrfFault } from './csrf.js';
import { ProviderAway } from './identity-provider.js';
import { admit, NEEDED } from './person.js';
import type { Admission, Role } from './person.js';
import { endOf, openSession, renewed } from './session.js';
import { setSession } from './session-cookie.js';
import { TokenRefused, verifyToken } from './token.js';

const PROTECTED = /^\/api\/v1(\/|$)/i;
/** RFC 6750 §2.1. */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/**
 * Lets a request under /api/v1 through for a person with a session or a program with an access token, and with a role
 * that the route needs. Whoever sends an access token is known by that alone, whatever cookies come with it.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    @Inject(ACCESS) private readonly access: Access | null,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    if (!isProtected(request)) return true;
    if (this.access === null) throw new Problem('access-not-configured');
    const response = context.switchToHttp().getResponse<Response>();
    response.vary('authorization, cookie');
    const admission = await whoAsks(request, response, this.access);
    const needed = this.reflector.getAllAndOverride<readonly Role[] | undefined>(NEEDED, [
      context.getHandler(),
      context.getClass(),
    ]);
    requireRole(admission, needed);
    admit(request, admission);
    return true;
  }
}

/** By the path and by the route that was found for it: should the two ever differ, neither leads past this. */
function isProtected({ path, route }: Request): boolean {
  return PROTECTED.test(path) || PROTECTED.test(String((route as { path?: unknown } | undefined)?.path));
}

async function whoAsks(request: Request, response: Response, access: Access): Promise<Admission> {
  try {
    const { authorization } = request.headers;
    return authorization === undefined
      ? await bySession(request, response, access)
      : await byToken(authorization, access);
  } catch (fault) {
    if (fault instanceof TokenRefused) throw unauthenticated(fault.message);
    if (fault instanceof NoRole) throw new Problem('forbidden', { detail: fault.message });
    if (fault instanceof ProviderAway) throw new Problem('provider-away');
    throw fault;
  }
}

async function byToken(authorization: string, { settings, provider }: Access): Promise<Admission> {
  const token = BEARER.exec(authorization)?.[1];
  if (token === undefined) throw new TokenRefused('The header authorization is not of the form: Bearer TOKEN.');
  const claims = await verifyToken(token, await provider.known(), settings.audience);
  return { person: personFrom(claims, settings), csrfToken: null, until: Number(claims.exp) * 1_000 };
}

async function bySession(request: Request, response: Response, access: Access): Promise<Admission> {
  const { settings, sessions } = access;
  const now = Date.now();
  const session = await openSession(sessions.read(request), settings.sessionKeys, now);
  if (session === null) throw new Problem('unauthenticated');
  const fault = csrfFault(request, session.csrfToken, settings.publicUrl.origin);
  if (fault !== null) throw new Problem('csrf-token', { detail: fault });
  const newer = renewed(session, now);
  if (newer !== null) await setSession(response, newer, access, now);
  return { person: session.person, csrfToken: session.csrfToken, until: endOf(newer ?? session) };
}

function requireRole({ person }: Admission, needed: readonly Role[] | undefined): void {
  if (needed === undefined || needed.some((role) => person.roles.has(role))) return;
  const [has, needs] = [[...person.roles].join(', '), needed.join(', ')];
  throw new Problem('forbidden', { detail: `This needs one of the roles ${needs}; you have ${has}.` });
}

/** RFC 6750 §3: why, for whoever wrote the program. */
function unauthenticated(detail: string): Problem {
  const challenge = `Bearer error="invalid_token", error_description="${detail.replaceAll('"', "'")}"`;
  return new Problem('unauthenticated', { detail, headers: { 'www-authenticate': challenge } });
}
