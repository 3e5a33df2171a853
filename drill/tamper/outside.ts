import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFile } from '#libs/register';
import { startServices } from '../../apps/local/src/services.js';
import type { DrilledLog } from './make-log.js';

/** What a verifier that no one here wrote says of the log. */
export interface OutsideSays {
  readonly ok: boolean;
  readonly lastLine: string;
}

/** Verifiers from outside, reading the log from an api of their own. */
export interface Outside {
  /** @param held whether they hold the older checkpoint; only some can */
  verify(held: boolean): Promise<{ readonly checker: OutsideSays; readonly fsck: OutsideSays }>;
}

/** scripts/outside.mjs */
interface OutsideScript {
  outsideVerifiers(): Promise<{ checker: string; fsck: string } | null>;
  runChecker(checker: string, what: Record<string, string | number>): Promise<OutsideSays>;
  runFsck(fsck: string, what: Record<string, string | number>): Promise<OutsideSays>;
}

/** fsck may hang where it finds something. */
const TIME_LIMIT_MS = 45_000;
const ATTEMPTS = 3;

/**
 * Builds them where Go is installed.
 *
 * @param dir for files and logs
 * @param mongodbUri connection string of the log's database
 * @returns null where Go is not installed
 */
export async function prepareOutside(dir: string, mongodbUri: string, log: DrilledLog): Promise<Outside | null> {
  const script = (await import(pathToFileURL(packageFile('scripts', 'outside.mjs')).href)) as OutsideScript;
  const programs = await script.outsideVerifiers();
  if (programs === null) return null;
  mkdirSync(dir, { recursive: true });
  const [today, earlier] = log.signers;
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const key = file('today.vkey', today.verifierKey);
  const keys = file('all.vkeys', `${today.verifierKey}\n${earlier.verifierKey}\n`);
  const held = file('held.checkpoint', log.held);
  const spec = { name: 'api', app: 'api', env: { ...process.env, MONGODB_URI: mongodbUri } } as const;
  return {
    async verify(withHeld) {
      // A process of its own for each look: nothing of the log may be remembered from before.
      const services = await startServices(dir, [spec]);
      try {
        const url = `${services.urls['api'] as string}/log`;
        const what = { url, key: keys, timeLimitMs: TIME_LIMIT_MS, ...(withHeld ? { held } : {}) };
        const checker = await unhurried(() => script.runChecker(programs.checker, what));
        const fsck = await unhurried(() => script.runFsck(programs.fsck, { url, key, timeLimitMs: TIME_LIMIT_MS }));
        return { checker, fsck };
      } finally {
        await services.stop();
      }
    },
  };
}

/** Where the api was too busy to answer, nothing was said of the log: it is asked again. */
async function unhurried(ask: () => Promise<OutsideSays>): Promise<OutsideSays> {
  for (let attempt = 1; ; attempt++) {
    const said = await ask();
    if (said.ok || attempt === ATTEMPTS || !/\b503\b/.test(said.lastLine)) return said;
  }
}
