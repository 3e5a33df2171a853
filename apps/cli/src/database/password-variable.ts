import type { Actor } from '#libs/trail';

/** The variable that sets the password of an actor's user: `HJEMMEL_PASSWORD_AUDITOR`. */
export function passwordVariable(actor: Actor): string {
  return `HJEMMEL_PASSWORD_${actor.toUpperCase()}`;
}
