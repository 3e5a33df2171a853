import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { repositoryRoot } from '../../apps/local/src/stack/paths.js';
import type { Installation } from '../installation.js';

type Person = { readonly controller: string; readonly subject: string };

/** An argument of a program can hold anything but this. */
const NUL = '\0';

/**
 * Looks up and then erases people by the commands that investigators use, whatever their ids are.
 *
 * @returns how many it was done for, and what went wrong, a sentence each
 */
export async function revealAndErase(
  { stack, keys }: Installation,
  people: readonly Person[],
): Promise<{ readonly done: number; readonly faults: string[] }> {
  const env = {
    ...process.env,
    KAFKA_BROKERS: stack.kafkaBrokers,
    MONGODB_URI: stack.mongoUris.investigator,
    HJEMMEL_VAULT_KEY: keys.vaultKey,
  };
  const faults: string[] = [];
  let done = 0;
  for (const { controller, subject } of people) {
    if (`${controller}${subject}`.includes(NUL)) continue;
    // `=` holds an id that begins with a dash to its option.
    const whom = [`--controller=${controller}`, `--subject=${subject}`, '--reason', 'drill', '--actor', 'drill'];
    const told = JSON.stringify(`${controller}/${subject}`.slice(0, 60));
    const found = await hjemmel(['reveal', ...whom], env);
    if (found.code !== 0 || found.stdout === '') faults.push(`${told} is not found: ${found.stderr}`);
    const erased = await hjemmel(['erase', ...whom, '--yes'], env);
    if (erased.code !== 0) faults.push(`${told} cannot be erased: ${erased.stderr}`);
    const gone = await hjemmel(['reveal', ...whom], env);
    if (gone.code !== 1 || gone.stdout !== '')
      faults.push(`${told} is still found after it was erased: ${gone.stderr}`);
    done++;
  }
  return { done, faults };
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function hjemmel(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  const program = [
    '--disable-warning=TimeoutNegativeWarning',
    join(repositoryRoot, 'dist', 'apps', 'cli', 'src', 'main.js'),
  ];
  return new Promise((resolve) => {
    execFile(process.execPath, [...program, ...args], { env, maxBuffer: 1 << 30 }, (error, stdout, stderr) =>
      resolve({
        code: error === null ? 0 : Number(error.code),
        stdout,
        stderr: stderr.trim().split('\n').at(-1) ?? '',
      }),
    );
  });
}
