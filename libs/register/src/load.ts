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

/** A register, and the text of the file that it was compiled from. */
export interface RegisterSource {
  readonly register: Register;
  readonly text: string;
}

/** The registers of a directory. */
export interface RegisterSet {
  readonly registers: Registers;
  /** By controller and day. */
  readonly sources: readonly RegisterSource[];
}

/** A register file as it lies in a directory; `content` is its text, or why it cannot be read. */
export interface RegisterText {
  readonly path: string;
  readonly content: string | Fault;
}

/**
 * Reads, checks and compiles every `*.yaml` (or `*.yml`) of a directory; hidden files are passed over.
 *
 * @throws RegisterError listing every fault of every file; also where the directory cannot be read or has no register
 */
export async function loadRegisters(dir: string): Promise<Registers> {
  return (await loadRegisterSet(dir)).registers;
}

/** As {@link loadRegisters}, with the files' texts. @throws RegisterError */
export async function loadRegisterSet(dir: string): Promise<RegisterSet> {
  return compileTexts(dir, await readTexts(dir));
}

/** The register files of a directory, sorted. @throws RegisterError */
export async function registerFiles(dir: string): Promise<string[]> {
  let names: string[];
  try {
    names = await readdir(dir);
  } catch (error) {
    throw new RegisterError([directoryFault(dir, `the directory of registers cannot be read (${code(error)})`)]);
  }
  const files = names.filter((name) => /^[^.].*\.ya?ml$/.test(name)).sort();
  if (files.length === 0) {
    throw new RegisterError([directoryFault(dir, 'no register (*.yaml) is in this directory')]);
  }
  return files.map((name) => join(dir, name));
}

/** The register files of a directory, read. @throws RegisterError where the directory cannot be read or has none */
export async function readTexts(dir: string): Promise<RegisterText[]> {
  return Promise.all((await registerFiles(dir)).map(async (path) => ({ path, content: await readText(path) })));
}

/** Checks and compiles the texts of a directory. @throws RegisterError listing every fault of every text */
export function compileTexts(dir: string, texts: readonly RegisterText[]): RegisterSet {
  const faults: Fault[] = [];
  const sources: RegisterSource[] = [];
  for (const { path, content } of texts) {
    const read = typeof content === 'string' ? readRegisterText(content, path) : { register: null, faults: [content] };
    faults.push(...read.faults);
    if (read.register !== null) sources.push({ register: read.register, text: content as string });
  }
  if (faults.length > 0) throw new RegisterError(faults);
  try {
    const registers = new Registers(sources.map(({ register }) => register));
    sources.sort(({ register: a }, { register: b }) =>
      a.controller === b.controller ? a.inForceFrom - b.inForceFrom : a.controller < b.controller ? -1 : 1,
    );
    return { registers, sources };
  } catch (error) {
    throw new RegisterError([directoryFault(dir, (error as Error).message)]);
  }
}

/**
 * Reads the text of a register file.
 *
 * @param name what the text is called in the faults
 */
export function readRegisterText(text: string, name: string): { register: Register | null; faults: readonly Fault[] } {
  const { parsed, faults } = parseRegister(text, name);
  if (parsed === null) return { register: null, faults };
  const found = checkRegister(parsed, loadVocabulary());
  return found.length > 0 ? { register: null, faults: found } : { register: compileRegister(parsed.file), faults: [] };
}

/**
 * Reads one register file. With `policies` given (a directory that holds the source documents by their file names),
 * also that their digests and the clauses' line ranges hold.
 */
export async function readRegister(
  path: string,
  policies?: string,
): Promise<{ register: Register | null; faults: readonly Fault[] }> {
  const text = await readText(path);
  if (typeof text !== 'string') return { register: null, faults: [text] };
  if (policies === undefined) return readRegisterText(text, path);
  const { parsed, faults } = parseRegister(text, path);
  if (parsed === null) return { register: null, faults };
  const found = [...checkRegister(parsed, loadVocabulary()), ...(await checkPolicies(parsed, policies))];
  return found.length > 0 ? { register: null, faults: found } : { register: compileRegister(parsed.file), faults: [] };
}

async function readText(path: string): Promise<string | Fault> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    return directoryFault(path, `the file cannot be read (${code(error)})`);
  }
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
