import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { defaultRegistersDir, readRegisterText, RegisterError, registerFiles } from '#libs/register';
import type { Register } from '#libs/register';
import type { RegisterArchive } from '#libs/trail';
import { notFound } from '../../http/problem.js';

/** A register, and since when records are judged by it, ms; null: none was yet. */
export interface ShelvedRegister {
  readonly register: Register;
  readonly loadedAt: number | null;
}

/** Of one controller: the one that came into force first (of the same day: was loaded first) comes first. */
export type Versions = readonly [ShelvedRegister, ...ShelvedRegister[]];

/** Compiled registers kept: there are a few for each controller. */
const KEPT = 500;

/** All versions of all registers: those that records were ever judged by, and those that lie in the directory. */
export class RegisterShelf implements OnModuleInit {
  /** By id, and by digest of the text; a text that is no register (any more) is `none`. */
  private readonly compiled = new LRUCache<string, Register | 'none'>({ max: KEPT });

  /** @param directory of register files; null: those that ship */
  constructor(
    private readonly archive: Pick<RegisterArchive, 'list' | 'find'>,
    private readonly directory: string | null,
  ) {}

  /** Compiles those of the directory, so that nobody who asks waits for it. */
  async onModuleInit(): Promise<void> {
    await this.files();
  }

  /** The versions of every controller. */
  async versions(): Promise<Map<string, Versions>> {
    const byId = new Map<string, ShelvedRegister>();
    for (const register of await this.files()) byId.set(register.id, { register, loadedAt: null });
    for (const { id, loadedAt } of await this.archive.list()) {
      const register = await this.kept(id);
      if (register !== null) byId.set(id, { register, loadedAt });
    }
    const sorted = [...byId.values()].sort(
      (a, b) => a.register.inForceFrom - b.register.inForceFrom || (a.loadedAt ?? Infinity) - (b.loadedAt ?? Infinity),
    );
    return Map.groupBy(sorted, ({ register }) => register.controller) as Map<string, [ShelvedRegister]>;
  }

  /** The register of an id; null where it is not kept, or can no longer be read. */
  async find(id: string): Promise<Register | null> {
    return (await this.kept(id)) ?? (await this.files()).find((register) => register.id === id) ?? null;
  }

  private async kept(id: string): Promise<Register | null> {
    const known = this.compiled.get(id);
    if (known !== undefined) return known === 'none' ? null : known;
    const text = await this.archive.find(id);
    return text === null ? null : this.compile(id, text);
  }

  /** Those of the directory; a file that is being written, or wrong, is the auditor's to complain of. */
  private async files(): Promise<Register[]> {
    let paths: string[];
    try {
      paths = await registerFiles(this.directory ?? defaultRegistersDir());
    } catch (fault) {
      if (fault instanceof RegisterError) return [];
      throw fault;
    }
    const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')));
    return texts.map((text) => this.compile(hash('sha256', text), text)).filter((register) => register !== null);
  }

  private compile(key: string, text: string): Register | null {
    let known = this.compiled.get(key);
    if (known === undefined) {
      known = readRegisterText(text, key).register ?? 'none';
      this.compiled.set(key, known);
    }
    return known === 'none' ? null : known;
  }
}

/**
 * The register of a version number. Where a file was changed under the same number, the one that came last.
 *
 * @throws Problem where there is none
 */
export function ofVersion(versions: Versions, version: number): Register {
  const found = versions.findLast(({ register }) => register.version === version);
  if (found === undefined) throw notFound();
  return found.register;
}

/** The newest register of a controller that has a clause; null where there is none. */
export function registerWith(
  all: ReadonlyMap<string, Versions>,
  controller: string | null,
  clause: string | null,
): Register | null {
  if (controller === null || clause === null) return null;
  return all.get(controller)?.findLast(({ register }) => register.clauses.has(clause))?.register ?? null;
}
