import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { packageFile } from '#libs/register';
import type { SoakOutcome } from '../drill/soak/soak.js';

/** The soak drill, for some seconds: what it looks at is there, and nothing is lost. */
jest.setTimeout(600_000);

test('a short soak samples everything, and the trail is whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hjemmel-soak-'));
  const json = join(folder, 'soak.json');
  const program = ['--disable-warning=TimeoutNegativeWarning', packageFile('dist', 'drill', 'main.js')];
  const args = ['soak', '--minutes', '0.4', '--every', '2', '--rate', '150', '--partitions', '4', '--json', json];
  const stdout = await new Promise<string>((resolve) => {
    execFile(process.execPath, [...program, ...args], (_, out, err) => resolve(out === '' ? err : out));
  });
  try {
    expect(stdout).toMatch(/records published and in the trail; the trail is proved\.$/m);
    const { samples, levels, faults, records } = JSON.parse(readFileSync(json, 'utf8')) as SoakOutcome;
    // Half a minute is too short to say what is level.
    expect(faults.filter((fault) => !fault.endsWith('is not flat'))).toEqual([]);
    expect(records).toBeGreaterThan(500);
    expect(samples.length).toBeGreaterThanOrEqual(4);
    const last = samples.at(-1)!;
    expect(Object.keys(last.services).sort()).toEqual(['api', 'auditor-1', 'auditor-2', 'notary']);
    for (const { rssMib, handles, threads } of Object.values(last.services)) {
      expect(rssMib).toBeGreaterThan(30);
      expect(handles).toBeGreaterThan(10);
      expect(threads).toBeGreaterThan(5);
    }
    expect(last.services['auditor-1']?.loopMs).toBeGreaterThan(0);
    expect(Math.max(...samples.map(({ durableMs }) => durableMs?.count ?? 0))).toBeGreaterThan(0);
    expect(Math.max(...samples.map(({ signedMs }) => signedMs?.count ?? 0))).toBeGreaterThan(0);
    expect(last.collections['blocks']).toBeGreaterThan(0);
    expect(levels.map(({ what }) => what)).toContain('memory of auditor-2');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
