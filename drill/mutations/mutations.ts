import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localFolder, repositoryRoot } from '../../apps/local/src/stack/paths.js';
import { DrillError } from '../drill-error.js';
import { type Mutation, MUTATIONS, type Patch } from './all.js';

/** The drill's exit code where something was not as it should be. */
const NOTICED = 1;
const NOT_RUN = -1;
/** What the drill says in the end where it was run: the sum, or what did not recover. */
const TOLD = /^(\d+ rounds: |After )/;
/** What a mutant has of its own; all else is the repository's. */
const OWN = new Set(['dist', '.git', 'package.json']);
const OUTPUT_BYTES = 64 * 1024 * 1024;

/**
 * Takes out one safeguard after the other, from a copy of the compiled product, and runs the fault drill on it: it must
 * notice. On the product as it is it must not.
 *
 * @param only mutations whose name matches; null: all
 * @returns true where it was so
 */
export async function mutations(
  { seed, only }: { readonly seed: number; readonly only: RegExp | null },
  signal: AbortSignal,
): Promise<boolean> {
  let good = true;
  for (const mutation of MUTATIONS) {
    if (only !== null && !only.test(mutation.name)) continue;
    signal.throwIfAborted();
    const { code, said } = await drill(mutation, seed, signal);
    const asExpected = code === (mutation.patches.length === 0 ? 0 : NOTICED);
    good &&= asExpected;
    const outcome = code === 0 ? 'NOTHING NOTICED' : code === NOTICED ? 'noticed' : 'NOT RUN';
    process.stdout.write(
      `${asExpected ? 'ok ' : '!! '}${mutation.name}: ${asExpected && code === 0 ? 'holds' : outcome}\n`,
    );
    process.stdout.write(`     ${said}\n`);
  }
  return good;
}

/** Runs the fault drill on a mutant; `said` is what it said in the end. */
async function drill(mutation: Mutation, seed: number, signal: AbortSignal): Promise<{ code: number; said: string }> {
  const root = join(localFolder, 'drill', `mutant-${process.pid}`);
  rmSync(root, { recursive: true, force: true });
  try {
    mutate(root, mutation.patches);
    const program = ['--disable-warning=TimeoutNegativeWarning', join(root, 'dist', 'drill', 'main.js')];
    const args = ['faults', '--rounds', String(mutation.rounds), '--seed', String(seed), '--only', mutation.faults];
    return await new Promise((resolve) => {
      const options = { cwd: root, signal, killSignal: 'SIGTERM', maxBuffer: OUTPUT_BYTES } as const;
      execFile(process.execPath, [...program, ...args], options, (error, stdout, stderr) => {
        const said = lastOf(stdout, stderr);
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : NOT_RUN;
        // Where it could not be run the code is the same.
        resolve({ code: code === NOTICED && !TOLD.test(said) ? NOT_RUN : code, said });
      });
    });
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The sum of the run, else the fault that it ended with. */
function lastOf(stdout: string, stderr: string): string {
  const sum = stdout.split('\n').find((line) => /^\d+ rounds: /.test(line));
  return sum ?? stderr.trim().split('\n').at(-1) ?? '';
}

/** Makes a copy of what was compiled, with the patches, in a folder that otherwise looks like the repository. */
export function mutate(root: string, patches: readonly Patch[]): void {
  mkdirSync(root, { recursive: true });
  for (const name of readdirSync(repositoryRoot)) {
    if (!OWN.has(name)) symlinkSync(join(repositoryRoot, name), join(root, name));
  }
  cpSync(join(repositoryRoot, 'package.json'), join(root, 'package.json'));
  cpSync(join(repositoryRoot, 'dist'), join(root, 'dist'), { recursive: true });
  for (const { file, find, replace } of patches) {
    const path = join(root, 'dist', file);
    const text = readFileSync(path, 'utf8');
    const times = text.split(find).length - 1;
    if (times !== 1) {
      throw new DrillError(`dist/${file} has \`${find}\` ${times} times, not once: mend the mutation.`);
    }
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
  }
}
