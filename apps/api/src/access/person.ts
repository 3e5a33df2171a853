import { createParamDecorator, SetMetadata } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** What somebody may do here. Each of them may read; whoever decides something needs `officer` or `admin`. */
export const ROLES = ['dashboard', 'officer', 'investigator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks: a person with a session, or a program with an access token. */
export interface Person {
  /** As the identity provider names them, for ever. */
  readonly subject: string;
  /** For people to read; the subject where the provider tells none. */
  readonly name: string;
  /** At least one. */
  readonly roles: ReadonlySet<Role>;
  /** Ids of the controllers whose data they may see. What is of no controller is for `all` only. */
  readonly controllers: ReadonlySet<string> | 'all';
}

/** Whether the data of a controller is for this person; null: of no controller, or of one that nobody knows. */
export function maySee({ controllers }: Pick<Person, 'controllers'>, controller: string | null): boolean {
  return controllers === 'all' || (controller !== null && controllers.has(controller));
}

/** Metadata key of the roles that `@Needs` names. */
export const NEEDED = 'hjemmel:needed';

/** The roles of which a route, or all routes of a controller, need one; without it any role will do. */
export const Needs = (...roles: readonly [Role, ...Role[]]): MethodDecorator & ClassDecorator =>
  SetMetadata(NEEDED, roles);

/** Handler's parameter: who asks. The guard has let nobody else through. */
export const Who = createParamDecorator((_: unknown, context: ExecutionContext): Person =>
  personOf(context.switchToHttp().getRequest<Request>()),
);

/** That somebody was let through to a request under /api/v1. */
export interface Admission {
  readonly person: Person;
  /** What unsafe requests of the same session must carry; null: an access token, which needs none. */
  readonly csrfToken: string | null;
  /** ms since the epoch: what lasts longer, as a stream of events, is to end then. */
  readonly until: number;
}

const admissions = new WeakMap<object, Admission>();

/** Notes who a request is from; the guard's business. */
export function admit(request: object, admission: Admission): void {
  admissions.set(request, admission);
}

/**
 * Who a request under /api/v1 is from.
 *
 * @throws Error where the guard did not run: a fault of ours
 */
export function admissionOf(request: object): Admission {
  const admission = admissions.get(request);
  if (admission === undefined) throw new Error('Nobody has been admitted to this request.');
  return admission;
}

/** Whom {@link admissionOf} tells of. */
export function personOf(request: object): Person {
  return admissionOf(request).person;
}
