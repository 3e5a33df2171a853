import type { Scope } from '#libs/views';

/** How many characters of a controller's id go into a file's name. */
const MAX_ID = 60;

/**
 * The name of an exported file: `hjemmel-findings-janus-2026-03-01.csv`.
 *
 * @param asked controllers that the filter names; undefined: it names none
 * @param now ms
 */
export function fileName(
  what: string,
  extension: string,
  asked: readonly string[] | undefined,
  { controllers }: Scope,
  now: number,
): string {
  const whose = asked ?? (controllers === 'all' ? null : [...controllers]);
  const [only] = whose ?? [];
  const of =
    whose === null ? 'all' : whose.length === 1 && only !== undefined ? plain(only) : `${whose.length}-controllers`;
  return `hjemmel-${what}-${of}-${new Date(now).toISOString().slice(0, 10)}.${extension}`;
}

/** An id in characters that every file system and every header takes. */
function plain(id: string): string {
  return id.slice(0, MAX_ID).replaceAll(/[^A-Za-z0-9._-]/g, '_');
}
