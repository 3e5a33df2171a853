import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

/** A path as the user means it: `npm run` changes to the package's folder and tells where the user stood. */
export function userPath(path: string): string {
  const here = resolve(path);
  const origin = process.env['INIT_CWD'];
  return origin === undefined || existsSync(here) ? here : resolve(origin, path);
}
