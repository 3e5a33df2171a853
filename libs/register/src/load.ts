import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { checkRegister, parseLocator } from './check.js';
import { compileRegister } from './compile.js';
import { RegisterError, type Fault } from './fault.js';
import type { Register } from './model.js';
import { packageFile } from './package-file.js';
import { parseRegister, type Parsed } from './parse.js';
import { Registers } from './registers.js';
import { loadVocabulary } from './vocabulary.js';

/** The directory of registers that ships with the package. */
export function defaultRegistersDir(): string {
  return packageFile('registers');
}

/**
 * Reads, checks and compiles every `*.yaml` (or `*.yml`) of a directory.
 *
 * @throws RegisterError listing every fault of every file; also where the directory cannot be read or has no register
 */
export async function loadRegisters(dir: string): Promise<Registers> {
  const files = await registerFiles(dir);
  const results = await Promise.all(files.map((file) => readRegister(file)));
  const faults = results.flatMap((r) => r.faults);
  if (faults.length > 0) throw new RegisterError(faults);
  try {
    return new Registers(results.flatMap((r) => r.register ?? []));
  } catch (error) {
    throw new RegisterError([directoryFault(dir, (error as Error).message)]);
  }
}

/** The register files of a directory, sorted. @throws RegisterError */
export async function registerFiles(dir: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (error) {
    throw new RegisterError([directoryFault(dir, `the directory of registers cannot be read (${code(error)})`)]);
  }
  const files = names.filter((name) => /\.ya?ml$/.test(name)).sort();
  if (files.length === 0) {
    throw new RegisterError([directoryFault(dir, 'no register (*.yaml) is in this directory')]);
  }
  return files.map((name) => join(dir, name));
}

/**
 * Reads one register file. With `policies` given (a directory that holds the source documents by their file names),
 * also that their digests and the clauses' line ranges hold.
 */
export async function readRegister(
  path: string,
  policies?: string,
): Promise<{ register: Register | null; faults: readonly Fault[] }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return { register: null, faults: [directoryFault(path, `the file cannot be read (${code(error)})`)] };
  }
  const { parsed, faults } = parseRegister(text, path);
  if (parsed === null) return { register: null, faults };
  const found = [...checkRegister(parsed, loadVocabulary())];
  if (policies !== undefined) found.push(...(await checkPolicies(parsed, policies)));
  return found.length > 0 ? { register: null, faults: found } : { register: compileRegister(parsed.file), faults: [] };
}

async function checkPolicies({ file, faultAt }: Parsed, dir: string): Promise<Fault[]> {
  const faults: Fault[] = [];
  const lineCounts = new Map<string, number>();
  for (const [id, document] of Object.entries(file.documents)) {
    let bytes: Buffer;
    try {
      bytes = await readFile(join(dir, basename(document.file)));
    } catch (error) {
      const message = `\`${document.file}\` cannot be read in ${dir} (${code(error)})`;
      faults.push(faultAt(['documents', id, 'file'], message));
      continue;
    }
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (digest !== document.sha256) {
      faults.push(
        faultAt(['documents', id, 'sha256'], `\`${document.file}\` has the SHA-256 ${digest}: it is another text`),
      );
      continue;
    }
    const lines = bytes.toString('utf8').split('\n');
    lineCounts.set(id, lines.at(-1) === '' ? lines.length - 1 : lines.length);
  }
  for (const [id, clause] of Object.entries(file.clauses)) {
    if (clause.at === undefined) continue;
    const { document, toLine } = parseLocator(clause.at);
    const count = lineCounts.get(document);
    if (count !== undefined && toLine > count) {
      faults.push(faultAt(['clauses', id, 'at'], `\`${document}\` has ${count} lines, no line ${toLine}`));
    }
  }
  return faults;
}

function directoryFault(file: string, message: string): Fault {
  return { file, line: 1, column: 1, message };
}

function code(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown reason';
}
