import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path of a file that ships with the package, found from the sources as well as from the built code. */
export function packageFile(...path: string[]): string {
  let dir = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(dir, 'package.json'))) {
    const parent = dirname(dir);
    if (parent === dir) throw new Error('the package is incomplete: package.json is not found above the code');
    dir = parent;
  }
  return join(dir, ...path);
}
