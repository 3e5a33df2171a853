import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The repository's root: the nearest folder above this file that holds package.json (the same from dist/). */
export const repositoryRoot = findRoot(import.meta.dirname);

/** Where everything that is fetched or kept on this machine lies; ignored by git. */
export const localFolder = join(repositoryRoot, '.local');

/** Files that come with the local stack: Maven's list of jars, Kafka's logging. */
export const stackFiles = join(repositoryRoot, 'apps', 'local', 'stack');

function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) ? folder : findRoot(dirname(folder));
}
