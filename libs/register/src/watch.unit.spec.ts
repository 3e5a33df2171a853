import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { stringify } from 'yaml';
import { ACME } from '../../../test/support/acme.js';
import type { RegisterFile } from './file.js';
import type { RegisterSet } from './load.js';
import { RegisterWatch } from './watch.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'registers-'));
  await put('acme.yaml', ACME);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const SECOND: RegisterFile = { ...ACME, version: 2, inForce: { from: '2022-01-01', clause: 'in-force' } };
const text = (file: RegisterFile): string => stringify(file, { aliasDuplicateObjects: false });
const put = (name: string, file: RegisterFile | string): Promise<void> =>
  writeFile(join(dir, name), typeof file === 'string' ? file : text(file));

/** A watch that looks only when it is told to, and what it said. */
async function watch(path = dir): Promise<{
  at: RegisterWatch;
  /** Two looks, after which whatever stays as it is counts. */
  settle: () => Promise<void>;
  told: string[];
  sets: RegisterSet[];
}> {
  const told: string[] = [];
  const say = (level: string) => (_: object, message: string) => void told.push(`${level}: ${message}`);
  const at = await RegisterWatch.open(path, { pollMs: 60_000, log: { info: say('info'), warn: say('warn') } });
  const sets: RegisterSet[] = [];
  at.onChange((set) => {
    expect(at.current).toBe(set);
    sets.push(set);
  });
  const settle = async (): Promise<void> => {
    await at.poll();
    await at.poll();
  };
  return { at, settle, told, sets };
}

const versions = ({ registers }: RegisterSet): number[] => [...registers].map(({ version }) => version);

describe('RegisterWatch', () => {
  test('loads the directory, with the text that each register was made of', async () => {
    const { at, told } = await watch();
    expect(at.current.sources).toEqual([{ register: at.current.registers.of('acme')![0], text: text(ACME) }]);
    expect(told).toEqual([]);
  });

  test('refuses to begin where a register is not in order', async () => {
    await put('acme.yaml', 'no register');
    await expect(watch()).rejects.toThrow(join(dir, 'acme.yaml'));
  });

  test('takes a new version up, once', async () => {
    const { at, settle, told, sets } = await watch();
    const before = at.current;
    await put('acme-2.yaml', SECOND);
    await settle();
    await settle();
    expect(sets.map(versions)).toEqual([[1, 2]]);
    expect(versions(before)).toEqual([1]);
    const { id } = sets[0]!.registers.of('acme')![1]!;
    expect(told).toEqual([
      `info: The registers in ${dir} have changed; new: acme 2 from 2022-01-01 (${id.slice(0, 12)})`,
    ]);
  });

  test('a corrected file takes the place of the one before', async () => {
    const { at, settle, sets } = await watch();
    const [old] = [...at.current.registers];
    await put('acme.yaml', { ...ACME, name: 'Acme Holding AS' });
    await settle();
    expect(sets.map(versions)).toEqual([[1]]);
    expect(at.current.registers.inForce('acme', Date.UTC(2023))).toMatchObject({ name: 'Acme Holding AS' });
    expect(at.current.registers.inForce('acme', Date.UTC(2023))!.id).not.toBe(old!.id);
  });

  test('a file of other words and the same content changes nothing', async () => {
    const { settle, sets } = await watch();
    await put('acme.yaml', `# Reviewed.\n${text(ACME)}`);
    await settle();
    expect(sets).toEqual([]);
  });

  test('a faulty file changes nothing and is told once, with its place; mended, it is taken', async () => {
    const { at, settle, told, sets } = await watch();
    const before = at.current;
    await put('acme-2.yaml', text(SECOND).replace('version: 2', 'version: two'));
    await settle();
    await settle();
    expect(at.current).toBe(before);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain('warn: ');
    expect(told[0]).toContain('those loaded before stay in use');
    expect(told[0]).toMatch(/acme-2\.yaml:\d+:\d+: `version` is `two`/);
    await put('acme-2.yaml', SECOND);
    await settle();
    expect(sets.map(versions)).toEqual([[1, 2]]);
  });

  test('two files for one day are told, and neither is taken', async () => {
    const { at, settle, told, sets } = await watch();
    await put('acme-again.yaml', { ...ACME, version: 2 });
    await settle();
    expect(versions(at.current)).toEqual([1]);
    expect([told.length, sets]).toEqual([1, []]);
    expect(told[0]).toContain('each version needs a day of its own');
  });

  test('a file that is removed is no longer used', async () => {
    await put('acme-2.yaml', SECOND);
    const { at, settle, told } = await watch();
    await rm(join(dir, 'acme-2.yaml'));
    await settle();
    expect(versions(at.current)).toEqual([1]);
    expect(told).toEqual([expect.stringContaining('no longer there: acme 2 from 2022-01-01')]);
  });

  test('a file is not taken while it is being written, also where its first part would do', async () => {
    const { at, settle, told, sets } = await watch();
    const whole = text({ ...SECOND, registrationConsent: { clause: 'consent', except: [] } });
    const half = whole.slice(0, whole.indexOf('registrationConsent'));
    await put('acme-2.yaml', half.slice(0, 300));
    await at.poll();
    await put('acme-2.yaml', half);
    await at.poll();
    await put('acme-2.yaml', whole);
    await at.poll();
    expect([told, sets]).toEqual([[], []]);
    await settle();
    expect(sets).toHaveLength(1);
    expect(at.current.registers.inForce('acme', Date.UTC(2023))!.registrationConsent).not.toBeNull();
  });

  test('a directory that is away for a while changes nothing', async () => {
    const { at, settle, told, sets } = await watch();
    const before = at.current;
    await rename(dir, `${dir}-away`);
    await at.poll();
    expect(told).toEqual([]);
    await settle();
    await settle();
    expect(told).toEqual([expect.stringContaining('the directory of registers cannot be read (ENOENT)')]);
    await rename(`${dir}-away`, dir);
    await settle();
    expect(at.current.registers.of('acme')).toEqual(before.registers.of('acme'));
    expect(sets).toEqual([]);
    expect(told).toEqual([expect.any(String), expect.stringContaining('info: ')]);
  });

  test('a directory that is away for one look is not told', async () => {
    const { at, settle, told } = await watch();
    await rename(dir, `${dir}-away`);
    await at.poll();
    await rename(`${dir}-away`, dir);
    await settle();
    expect(told).toEqual([]);
  });

  test('an emptied directory changes nothing', async () => {
    const { at, settle, told } = await watch();
    await rm(join(dir, 'acme.yaml'));
    await settle();
    expect(versions(at.current)).toEqual([1]);
    expect(told).toEqual([expect.stringContaining('no register (*.yaml) is in this directory')]);
  });

  // As a volume of a Kubernetes ConfigMap: files link to `..data`, which links to a folder that is exchanged whole.
  test('a symbolic link that is turned to another folder', async () => {
    await rm(join(dir, 'acme.yaml'));
    for (const [folder, file] of [
      ['..1', ACME],
      ['..2', SECOND],
    ] as const) {
      await mkdir(join(dir, folder));
      await writeFile(join(dir, folder, 'acme.yaml'), text(file));
    }
    await symlink('..1', join(dir, '..data'));
    await symlink('..data/acme.yaml', join(dir, 'acme.yaml'));
    const { settle, sets } = await watch();
    await symlink('..2', join(dir, '..new'));
    await rename(join(dir, '..new'), join(dir, '..data'));
    await settle();
    expect(sets.map(versions)).toEqual([[2]]);
  });

  test('hidden files are passed over', async () => {
    const { settle, told } = await watch();
    await put('._acme.yaml', 'not for us');
    await settle();
    expect(told).toEqual([]);
  });

  test('a listener that has enough is called no more', async () => {
    const { at, settle, sets } = await watch();
    const calls: RegisterSet[] = [];
    const stop = at.onChange((set) => calls.push(set));
    await put('acme-2.yaml', SECOND);
    await settle();
    stop();
    await rm(join(dir, 'acme-2.yaml'));
    await settle();
    expect([calls.length, sets.length]).toEqual([1, 2]);
  });

  test('looks by itself from start to stop', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    try {
      const { at } = await watch();
      const poll = jest.spyOn(at, 'poll').mockResolvedValue();
      await jest.advanceTimersByTimeAsync(120_000);
      expect(poll).toHaveBeenCalledTimes(0);
      at.start();
      await jest.advanceTimersByTimeAsync(180_000);
      expect(poll).toHaveBeenCalledTimes(3);
      at.stop();
      await jest.advanceTimersByTimeAsync(180_000);
      expect(poll).toHaveBeenCalledTimes(3);
    } finally {
      jest.useRealTimers();
    }
  });
});
