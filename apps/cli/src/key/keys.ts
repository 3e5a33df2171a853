import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { checkOrigin, generateSignerKey, NoteError, parseSigner, parseSigningKeys } from '#libs/log';
import { userPath } from '../paths.js';
import { setting } from '../settings.js';
import { UsageError } from '../usage-error.js';

/** `hjemmel key generate`. @throws UsageError */
export function generate({ origin, out }: { origin: string; out?: string }): void {
  const key = inWords('--origin', () => {
    checkOrigin(origin);
    return generateSignerKey(origin);
  });
  const { verifierKey } = parseSigner(key);
  if (out === undefined) {
    process.stdout.write(`${key}\n`);
    process.stderr.write(`The verifier key, for everybody: ${verifierKey}\n`);
  } else {
    writeSecret(out, key);
    process.stdout.write(`${verifierKey}\n`);
  }
}

/** `hjemmel key show`. @throws UsageError */
export function show(): void {
  const signing = setting('HJEMMEL_SIGNING_KEY');
  const local = setting('HJEMMEL_LOG_KEY')?.split(',') ?? [];
  if (signing === undefined && local.length === 0) {
    throw new UsageError('HJEMMEL_SIGNING_KEY is not set, and there is no local stack: set it, or run `npm start`.');
  }
  const keys =
    signing === undefined
      ? local
      : inWords('HJEMMEL_SIGNING_KEY', () =>
          parseSigningKeys(signing, setting('HJEMMEL_LOG_ORIGIN') ?? null).signers.map(
            ({ verifierKey }) => verifierKey,
          ),
        );
  process.stdout.write(keys.map((key) => `${key}\n`).join(''));
}

/** `hjemmel key vault` and `hjemmel key session`: 32 bytes. @throws UsageError */
export function random({ out }: { out?: string }): void {
  const key = randomBytes(32).toString('base64');
  if (out === undefined) process.stdout.write(`${key}\n`);
  else writeSecret(out, key);
}

/** Never over a file that is there: it may hold the only copy of another key. */
function writeSecret(file: string, secret: string): void {
  try {
    writeFileSync(userPath(file), `${secret}\n`, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    throw new UsageError(`${file}: ${exists ? 'there is a file of that name; give another' : 'it cannot be written'}`);
  }
}

function inWords<T>(what: string, action: () => T): T {
  try {
    return action();
  } catch (fault) {
    if (!(fault instanceof NoteError)) throw fault;
    throw new UsageError(`${what}: ${fault.message}`);
  }
}
