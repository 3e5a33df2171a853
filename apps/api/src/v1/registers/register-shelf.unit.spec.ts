import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { defaultRegistersDir, identifyRegister } from '#libs/register';
import type { KeptRegister } from '#libs/trail';
import { Problem } from '../../http/problem.js';
import { ofVersion, RegisterShelf, registerWith } from './register-shelf.js';
import type { Versions } from './register-shelf.js';

const FILE = readFileSync(join(defaultRegistersDir(), 'jetcards.yaml'), 'utf8');
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'registers-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** The register as of another day, under another number. */
function text(version: number, from: string): string {
  return FILE.replace(/^version: \d+$/m, `version: ${version}`).replace(/from: \d{4}-\d\d-\d\d/, `from: ${from}`);
}

/** An archive of texts, each loaded a millisecond after the one before. */
function archiveOf(...texts: readonly string[]) {
  const asked: string[] = [];
  const kept = texts.map((file, i) => ({ ...identity(file), loadedAt: i, file }));
  return {
    asked,
    list: async (): Promise<KeptRegister[]> => kept.map(({ file: _, ...rest }) => rest),
    find: async (id: string) => {
      asked.push(id);
      return kept.find((register) => register.id === id)?.file ?? null;
    },
  };
}

function identity(file: string) {
  return identifyRegister(file) as NonNullable<ReturnType<typeof identifyRegister>>;
}

test('versions of files and of the archive stand together, by when they came into force', async () => {
  const [first, second, third] = [text(1, '2018-05-25'), text(2, '2020-01-01'), text(3, '2030-01-01')];
  writeFileSync(join(directory, 'a.yaml'), second);
  writeFileSync(join(directory, 'b.yaml'), third);
  writeFileSync(join(directory, 'broken.yaml'), 'hjemmel: register/1\n');
  const archive = archiveOf(second, first);
  const shelf = new RegisterShelf(archive, directory);
  const versions = (await shelf.versions()).get('jetcards') as Versions;
  expect(versions.map(({ register, loadedAt }) => [register.version, register.id, loadedAt])).toEqual([
    [1, identity(first).id, 1],
    [2, identity(second).id, 0],
    [3, identity(third).id, null],
  ]);
  await shelf.versions();
  expect(archive.asked).toHaveLength(2);
  expect((await shelf.find(identity(third).id))?.version).toBe(3);
  expect((await shelf.find(identity(first).id))?.version).toBe(1);
  expect(await shelf.find('0'.repeat(64))).toBeNull();
});

test('of one number there may be two, where a file was changed: the later one counts', async () => {
  const [one, other] = [text(1, '2018-05-25'), text(1, '2018-05-25').replace(/summary: /, 'summary: Indeed, ')];
  const shelf = new RegisterShelf(archiveOf(one, other, text(2, '2026-01-01')), directory);
  const versions = (await shelf.versions()).get('jetcards') as Versions;
  expect(ofVersion(versions, 1).id).toBe(identity(other).id);
  expect(() => ofVersion(versions, 9)).toThrow(Problem);
});

test('a clause is found in the newest register that has it', async () => {
  const shelf = new RegisterShelf(archiveOf(text(1, '2018-05-25')), join(directory, 'nowhere'));
  const all = await shelf.versions();
  const [clause] = [...((all.get('jetcards') as Versions)[0].register.clauses.keys())] as [string];
  expect(registerWith(all, 'jetcards', clause)?.version).toBe(1);
  expect(registerWith(all, 'jetcards', 'no-such-clause')).toBeNull();
  expect(registerWith(all, 'nobody', clause)).toBeNull();
  expect(registerWith(all, null, clause)).toBeNull();
});
