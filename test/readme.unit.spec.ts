import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import ts from 'typescript';
import { defaultRegistersDir, loadRegisters, loadTransferLaw, packageFile, readRegister } from '#libs/register';
import { check } from '../apps/cli/src/check/check.js';
import { readLines } from '../apps/cli/src/check/read-lines.js';

/** What the README shows is run: examples that do not work are worse than none. */
const readme = readFileSync(packageFile('README.md'), 'utf8');
const dir = mkdtempSync(join(tmpdir(), 'hjemmel-readme-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function snippets(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map((match) => match[1] ?? '');
}

describe('README', () => {
  test('the event line gives the finding shown', async () => {
    const [event = '', finding = ''] = snippets('json');
    const registers = await loadRegisters(defaultRegistersDir());
    const [printed] = check(readLines(event, 'README'), registers, loadTransferLaw(), null);
    expect(printed).toEqual(JSON.parse(finding));
  });

  test('the small register is in order', async () => {
    const [register = ''] = snippets('yaml');
    const file = join(dir, 'acme.yaml');
    writeFileSync(file, register);
    expect((await readRegister(file)).faults).toEqual([]);
  });

  test('the publishing example compiles against the package', () => {
    const [example = ''] = snippets('ts');
    const file = packageFile('test', 'readme-example.ts');
    const { config } = ts.readConfigFile(packageFile('tsconfig.json'), (path) => ts.sys.readFile(path)) as {
      config: object;
    };
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, packageFile());
    const disk = ts.createCompilerHost(options);
    const host: ts.CompilerHost = {
      ...disk,
      readFile: (path) => (path === file ? example : disk.readFile(path)),
      fileExists: (path) => path === file || disk.fileExists(path),
      getSourceFile: (path, target, ...rest) =>
        path === file ? ts.createSourceFile(path, example, target) : disk.getSourceFile(path, target, ...rest),
    };
    const program = ts.createProgram([file], { ...options, noEmit: true }, host);
    const source = program.getSourceFile(file);
    const faults = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    expect(faults.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  });

  test('every settings variable it names is read, and every one read is named', () => {
    const apps = ['auditor', 'notary', 'api'].map((app) => `apps/${app}/src/settings.ts`);
    const shared = ['libs/service/src/settings.ts', 'libs/stream/src/kafka-settings.ts'];
    const access = ['apps/api/src/access/access-settings.ts', 'apps/cli/src/token/token.ts'];
    const files = [...apps, ...shared, ...access];
    const code = files.map((file) => readFileSync(packageFile(...file.split('/')), 'utf8')).join('');
    for (const name of [
      'KAFKA_BROKERS',
      'KAFKA_SSL',
      'KAFKA_SESSION_TIMEOUT_MS',
      'MONGODB_URI',
      'SCHEMA_REGISTRY_URL',
      'HJEMMEL_SIGNING_KEY',
      'HJEMMEL_VAULT_KEY',
      'HJEMMEL_WITNESS_URLS',
      'OIDC_ISSUER',
    ]) {
      expect(code).toContain(name);
    }
    for (const [name] of code.matchAll(/\b(?:KAFKA|HJEMMEL|MONGODB|OIDC|SCHEMA)_[A-Z_]+[A-Z]\b/g)) {
      if (/^KAFKA_SASL_(USERNAME|PASSWORD)$/.test(name)) continue;
      expect(readme).toContain(name);
    }
  });
});
