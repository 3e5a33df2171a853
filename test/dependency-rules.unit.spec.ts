import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const root = dirname(import.meta.dirname);
const require = createRequire(import.meta.url);
const { forbidden } = require('../.dependency-cruiser.cjs') as { forbidden: { name: string }[] };

/** A house in which nothing is broken. */
const sound = {
  'libs/register/src/index.ts': "import './inner.js';",
  'libs/register/src/inner.ts': "import 'node:fs';",
  'libs/judge/src/index.ts': "import '#libs/register';",
  'libs/judge/src/index.unit.spec.ts': "import 'node:fs'; import 'jest'; import './index.js';",
  'libs/trail/src/index.ts': "import 'mongodb';",
  'libs/stream/src/index.ts': "import 'kafkajs';",
  'apps/cli/src/main.ts': "import '#libs/judge'; import '#libs/trail'; import './other.js';",
  'apps/cli/src/other.ts': "import 'node:fs';",
  'apps/local/src/stack/kafka.ts': "import 'kafkajs'; import 'mongodb';",
  'test/a.int.spec.ts': "import '#libs/stream'; import '../apps/local/src/stack/kafka.js';",
  'bench/main.ts': "import '#libs/judge';",
};

/** For each rule a folder, and a file in it that breaks the rule (and, it may be, other rules too). */
const breaches: Record<string, [folder: string, text: string]> = {
  'room-libs-register': ['libs/register/src', "import 'mongodb';"],
  'room-libs-judge': ['libs/judge/src', "import type { Kafka } from 'kafkajs'; export type A = Kafka;"],
  'room-libs-events': ['libs/events/src', "import 'node:net';"],
  'room-libs-log': ['libs/log/src', "import 'node:fs/promises';"],
  'room-libs-trail': ['libs/trail/src', "import 'kafkajs';"],
  'room-libs-subjects': ['libs/subjects/src', "import 'kafkajs';"],
  'room-libs-views': ['libs/views/src', "import 'kafkajs';"],
  'room-libs-triage': ['libs/triage/src', "import 'kafkajs';"],
  'room-libs-stream': ['libs/stream/src', "import 'mongodb';"],
  'room-libs-publisher': ['libs/publisher/src', "import 'node:fs';"],
  'room-libs-service': ['libs/service/src', "import 'mongodb';"],
  'room-apps-auditor': ['apps/auditor/src', "import 'mongodb';"],
  'room-apps-notary': ['apps/notary/src', "import 'kafkajs';"],
  'room-apps-api': ['apps/api/src', "import 'node:child_process';"],
  'room-apps-cli': ['apps/cli/src', "import 'mongodb';"],
  'room-apps-local': ['apps/local/src', "import 'kafkajs';"],
  'judge-without-node': ['libs/judge/src', "import 'node:crypto';"],
  'pure-libs-stay-pure': ['libs/register/src', "import '#libs/trail';"],
  'libs-through-their-entry': ['libs/judge/src', "import '../../register/src/inner.js';"],
  'apps-use-libs-through-their-entry': ['apps/cli/src', "import '../../../libs/register/src/inner.js';"],
  'libs-by-their-name': ['libs/judge/src', "import '../../register/src/index.js';"],
  'apps-use-libs-by-their-name': ['test', "import '../libs/register/src/index.js';"],
  'no-barrels-inside': ['libs/register/src', "import './index.js';"],
  'libs-without-apps': ['libs/judge/src', "import '../../../apps/cli/src/main.js';"],
  'apps-apart': ['apps/local/src', "import '../../cli/src/main.js';"],
  'no-cycles': ['libs/log/src', "import './other-end.js';"],
  'no-unresolved': ['libs/log/src', "import './nowhere.js';"],
  'declared-dependencies': ['libs/log/src', "import 'jest';"],
  'page-in-browsers': ['apps/dashboard/src', "import '#libs/judge';"],
  'page-without-node': ['apps/dashboard/src', "import 'node:crypto';"],
  'fixtures-for-tests': ['libs/log/src', "import './made.fixture.js';"],
};

let house: string;
/** The rules that each file breaks. */
const broken = new Map<string, Set<string>>();

beforeAll(() => {
  house = mkdtempSync(join(tmpdir(), 'hjemmel-rooms-'));
  for (const file of ['.dependency-cruiser.cjs', 'package.json', 'tsconfig.json']) {
    cpSync(join(root, file), join(house, file));
  }
  for (const name of ['kafkajs', 'mongodb', 'jest']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    write(`node_modules/${name}/index.js`, '');
  }
  for (const [path, text] of Object.entries(sound)) write(path, text);
  for (const [rule, [folder, text]] of Object.entries(breaches)) write(`${folder}/${rule}.ts`, text);
  write('libs/log/src/made.fixture.ts', "import 'jest';");
  write('libs/log/src/other-end.ts', "import './no-cycles.js';");

  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [program, 'apps', 'libs', 'bench', 'test', '--output-type', 'json'];
  const { stdout } = spawnSync(process.execPath, args, { cwd: house, encoding: 'utf8' });
  const { summary } = JSON.parse(stdout) as { summary: { violations: { from: string; rule: { name: string } }[] } };
  for (const { from, rule } of summary.violations) {
    broken.set(from, (broken.get(from) ?? new Set()).add(rule.name));
  }
}, 60_000);

afterAll(() => rmSync(house, { recursive: true }));

test('every rule has a breach to prove it', () => {
  expect(Object.keys(breaches).sort()).toEqual(forbidden.map(({ name }) => name).sort());
});

test.each(Object.keys(breaches))('%s is found broken', (rule) => {
  expect(broken.get(`${breaches[rule]?.[0]}/${rule}.ts`)).toContain(rule);
});

test.each(Object.keys(sound))('%s breaks no rule', (file) => {
  expect(broken.get(file)).toBeUndefined();
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(house, path)), { recursive: true });
  writeFileSync(join(house, path), text);
}
