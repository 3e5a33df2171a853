import { HJEMMEL } from '#libs/triage';
import { ROLES } from './person.js';
import type { Person, Role } from './person.js';

/** Claims of a token whose signature, issuer and audience hold. */
export type Claims = Readonly<Record<string, unknown>>;

/** Which claims carry what decides over access. */
export interface ClaimNames {
  readonly rolesClaim: string;
  readonly controllersClaim: string;
}

/** Somebody is known, but may do nothing here. The message is for them, and for who administers their account. */
export class NoRole extends Error {
  override readonly name = 'NoRole';
}

/** In the controllers' claim: all of them. */
const ALL = '*';

/**
 * Whom a token is about. Roles that are none of ours are passed over; who has no controllers sees no data.
 *
 * @throws NoRole where none of our roles is left, or they would speak as Hjemmel itself
 */
export function personFrom(claims: Claims, { rolesClaim, controllersClaim }: ClaimNames): Person {
  const named = list(claims[rolesClaim]);
  const roles = new Set(ROLES.filter((role: Role) => named.includes(role)));
  if (roles.size === 0) {
    const what = claims[rolesClaim] === undefined ? 'is missing' : 'carries none of them';
    throw new NoRole(
      `This account has none of the roles ${ROLES.join(', ')}: the claim \`${rolesClaim}\` of its token ${what}.`,
    );
  }
  const controllers = list(claims[controllersClaim]);
  const subject = String(claims['sub']);
  if (subject === HJEMMEL.subject) {
    throw new NoRole(`No account may have the subject \`${subject}\`: what Hjemmel itself says of problems bears it.`);
  }
  return {
    subject,
    name: text(claims['name']) ?? text(claims['preferred_username']) ?? subject,
    roles,
    controllers: controllers.includes(ALL) ? 'all' : new Set(controllers),
  };
}

/** Providers write a list as an array, or as one string. */
function list(value: unknown): string[] {
  const items: unknown[] = typeof value === 'string' ? value.split(/[\s,]+/) : Array.isArray(value) ? value : [];
  return items.filter((item): item is string => typeof item === 'string' && item !== '');
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}
