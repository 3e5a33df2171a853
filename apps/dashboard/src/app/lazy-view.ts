import { lazyRouteComponent, type RouteComponent } from '@tanstack/react-router';
import { CodeMissing } from '../api/errors.js';

/**
 * A view whose code is loaded when it is first gone to.
 *
 * @param name what the module exports it as
 * @throws {CodeMissing} when it is shown and its code did not come
 */
export function lazyView<Name extends string>(
  load: () => Promise<Readonly<Record<Name, RouteComponent>>>,
  name: Name,
): RouteComponent {
  const loaded = async (): Promise<Record<Name, RouteComponent>> => {
    try {
      return await load();
    } catch (error) {
      throw new CodeMissing(error);
    }
  };
  return lazyRouteComponent(loaded, name);
}
