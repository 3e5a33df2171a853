import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

const run = promisify(execFile);

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
const ADVICE =
  'The browser tests need Chromium: install it (on Debian and Ubuntu `apt-get install chromium`), or name its program in CHROMIUM.';

/**
 * The system's Chromium; where there is none, Debian's package is brought, if that may be done here.
 *
 * @throws Error one sentence that says what to install
 */
export async function startChromium(): Promise<Browser> {
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic'];
  return chromium.launch({ executablePath: installed() ?? (await install()), args });
}

/** CHROMIUM, or what PATH has. */
function installed(): string | null {
  const named = process.env['CHROMIUM'];
  if (named) {
    if (isProgram(named)) return named;
    throw new Error(`CHROMIUM names no program: ${named}. ${ADVICE}`);
  }
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram) ?? null;
}

async function install(): Promise<string> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new Error(ADVICE);
  process.stderr.write('Chromium is missing: installing it (apt-get install chromium) …\n');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['update', '-q'], { env });
    await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', 'chromium'], { env, maxBuffer: 1 << 26 });
  } catch (fault) {
    const [line = ''] = /^E: .*$/m.exec((fault as { stderr?: string }).stderr ?? '') ?? [];
    throw new Error(`${ADVICE} It could not be brought by itself. ${line}`.trim(), { cause: fault });
  }
  const path = installed();
  if (path === null) throw new Error(ADVICE);
  return path;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
