import { AuthorizationResponseError, ClientError } from 'openid-client';
import { ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { Problem } from '../http/problem.js';
import type { ProblemKind } from '../http/problem.js';
import { NoRole } from './claims.js';
import { ProviderAway, reasonOf } from './identity-provider.js';
import { SessionTooLarge } from './session-cookie.js';
import { TokenRefused } from './token.js';

/** A login that comes to nothing, and why: what the person is told, and what the log says. */
export interface Told {
  readonly problem: Problem;
  /** Nothing of a person. */
  readonly reason: string;
}

/** Of openid-client: the provider answered, and not as a login needs it. */
const REFUSALS = [ClientError, ResponseBodyError, WWWAuthenticateChallengeError];

/** What is to be told of a fault of a login; null: a fault of ours. */
export function toldOf(fault: unknown): Told | null {
  const told = (kind: ProblemKind, detail?: string, reason = detail): Told => {
    const problem = new Problem(kind, detail === undefined ? {} : { detail });
    return { problem, reason: reason ?? problem.message };
  };
  if (fault instanceof Problem) return { problem: fault, reason: fault.message };
  if (fault instanceof NoRole) return told('forbidden', fault.message);
  if (fault instanceof SessionTooLarge) return told('forbidden', TOO_MANY);
  if (fault instanceof TokenRefused) return told('provider-away', NOT_CONFIRMED, fault.message);
  if (fault instanceof ProviderAway) return told('provider-away', undefined, fault.reason);
  if (fault instanceof AuthorizationResponseError) {
    return told('forbidden', 'The OpenID provider did not let you in.', fault.error);
  }
  if (REFUSALS.some((kind) => fault instanceof kind)) {
    return told('provider-away', NOT_CONFIRMED, reasonOf(fault));
  }
  return null;
}

const NOT_CONFIRMED =
  'The OpenID provider did not confirm your login. Try again; if it stays so, tell your administrator.';
const TOO_MANY =
  'This account may see more controllers than fit into a session. Give it `*` (all), or fewer, at the OpenID provider.';
