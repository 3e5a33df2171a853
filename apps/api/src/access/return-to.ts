/** For resolving alone. */
const BASE = 'http://hjemmel.invalid';

/**
 * Where a login goes back to: a path of this site with query and fragment, as browsers read it; whatever leads, or could
 * be read as leading, elsewhere becomes `/`.
 *
 * @param given as it came with the request, of any type
 */
export function returnPath(given: unknown): string {
  // Browsers drop tabs and line breaks, and take \ for /: `/\t/evil.example` is `//evil.example` to them.
  if (typeof given !== 'string' || !/^\/(?![/\\])/.test(given) || /[\p{Cc}\\]/u.test(given)) return '/';
  const url = URL.canParse(given, BASE) ? new URL(given, BASE) : null;
  if (url?.origin !== BASE) return '/';
  const path = `${url.pathname}${url.search}${url.hash}`;
  // Not into a circle, and not to what is for programs; and dots may have made a new `//` (`/.//evil.example`).
  return /^\/(\/|auth\/|api\/)/.test(path) ? '/' : path;
}
