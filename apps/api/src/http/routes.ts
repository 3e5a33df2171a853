import { RequestMethod } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { match } from 'path-to-regexp';
import { specOf } from './route.js';
import type { RouteSpec } from './route.js';

/** A route of a controller. */
export interface RouteEntry {
  readonly method: string;
  /** As Express has it: `/api/v1/findings/:id`. */
  readonly path: string;
  readonly controller: Type;
  readonly handler: object;
  /** What `@Route` says; undefined: it has none. */
  readonly spec: RouteSpec | undefined;
}

/** Nest's metadata keys; a part of what its decorators write that has never changed. */
const PATH = 'path';
const METHOD = 'method';

/** The routes of controllers, in the order in which they are written. */
export function routesOf(controllers: readonly Type[]): RouteEntry[] {
  return controllers.flatMap((controller) => {
    const members = Object.getOwnPropertyDescriptors(controller.prototype as object);
    return Object.values(members).flatMap((member: PropertyDescriptor) => {
      const handler = member.value as unknown;
      if (typeof handler !== 'function' || !Reflect.hasMetadata(METHOD, handler)) return [];
      const method = RequestMethod[Reflect.getMetadata(METHOD, handler) as RequestMethod];
      const paths = pathsOf(controller).flatMap((above) => pathsOf(handler).map((below) => join(above, below)));
      return paths.map((path) => ({ method, path, controller, handler, spec: specOf(handler) }));
    });
  });
}

function pathsOf(target: object): string[] {
  return [Reflect.getMetadata(PATH, target) as string | string[]].flat();
}

function join(...parts: readonly string[]): string {
  const steps = parts.flatMap((part) => part.split('/')).filter((step) => step !== '');
  return `/${steps.join('/')}`;
}

/**
 * Which methods a path takes.
 *
 * @returns a function that gives them, sorted, HEAD and OPTIONS too; an empty list: there is no such path
 */
export function methodsByPath(routes: readonly RouteEntry[]): (path: string) => string[] {
  const matchers = routes.map(({ method, path }) => ({ method, fits: match(path) }));
  return (path) => {
    const methods = new Set(matchers.filter(({ fits }) => isMatch(fits, path)).map(({ method }) => method));
    if (methods.size === 0) return [];
    if (methods.has('GET')) methods.add('HEAD');
    return [...methods.add('OPTIONS')].sort();
  };
}

function isMatch(fits: ReturnType<typeof match>, path: string): boolean {
  try {
    return fits(path) !== false;
  } catch {
    // An escape that is none.
    return false;
  }
}
