import { Binary } from 'mongodb';
import { SubjectCache } from './cache.js';
import { decodeSubject } from './codec.js';
import type { SubjectVault } from './collections.js';
import { isSubject, subjectPlace } from './documents.js';
import type { SubjectDocument, SubjectsDocument } from './documents.js';
import { Subject } from './subject.js';
import { bytesOf } from './vault/key-ring.js';

/** Subjects asked for together. */
const CHUNK = 5_000;

/** What else the lookup asks and tells. */
export interface LookupParts {
  /** Subjects that are in memory for other reasons; what is cached of them may have been dropped. */
  readonly elsewhere: (key: string) => Subject | undefined;
  /** Told of a subject that was read, and when its document says that it is due. */
  readonly loaded: (subject: Subject, due: Date | undefined) => void;
}

/** The subjects of one task by their keys: in memory, else in MongoDB. INVARIANT: there is one object for each. */
export class SubjectLookup {
  private readonly cache: SubjectCache;
  /** Subjects that no block has named yet. */
  private readonly fresh = new Map<string, Subject>();

  constructor(
    private readonly task: number,
    private readonly vault: SubjectVault,
    cacheSubjects: number,
    private readonly parts: LookupParts,
  ) {
    this.cache = new SubjectCache(cacheSubjects);
  }

  /** The subject, where it is in memory. */
  find(key: string): Subject | undefined {
    const cached = this.cache.get(key);
    if (cached !== undefined) return cached;
    const kept = this.parts.elsewhere(key) ?? this.fresh.get(key);
    if (kept !== undefined) this.cache.set(kept);
    return kept;
  }

  /**
   * Brings the subjects of these keys into memory and gives them in the same order; null stands for nobody. Throws where
   * MongoDB is away.
   */
  async load(keys: readonly (string | null)[]): Promise<(Subject | undefined)[]> {
    this.cache.trim();
    const missing = new Set<string>();
    const found = keys.map((key) => {
      const subject = key === null ? undefined : this.find(key);
      if (subject === undefined && key !== null) missing.add(key);
      return subject;
    });
    if (missing.size === 0) return found;
    for (const [key, id] of await this.read([...missing])) {
      const subject = Subject.first(key, id);
      this.fresh.set(key, subject);
      this.cache.set(subject);
    }
    return found.map((subject, i) => {
      const key = keys[i] ?? null;
      return subject ?? (key === null ? undefined : this.find(key));
    });
  }

  /** Brings subjects into memory; gives those of whom there is no document, by key, with their blind ids. */
  async read(keys: readonly string[]): Promise<Map<string, Buffer>> {
    const absent = new Map<string, Buffer>();
    for (let i = 0; i < keys.length; i += CHUNK) {
      for (const [key, id] of await this.readSome(keys.slice(i, i + CHUNK))) absent.set(key, id);
    }
    return absent;
  }

  /** The subject of a document; the one in memory where there is one. Throws where MongoDB is away. */
  async subjectOf(document: SubjectDocument): Promise<Subject> {
    const opened = await this.peek(document);
    const known = this.find(opened.key);
    if (known !== undefined) return known;
    this.cache.set(opened);
    return opened;
  }

  /** The subject as a document says it is, kept nowhere. Throws where MongoDB is away. */
  async peek(document: SubjectDocument): Promise<Subject> {
    await this.vault.ring.require([document.g]);
    return this.opened(document);
  }

  add(subject: Subject): void {
    this.cache.set(subject);
  }

  /** Notes that a block names the subject. @returns whether it is the first to do so */
  name({ key, through }: Subject): boolean {
    return through < 0 && this.fresh.delete(key);
  }

  /** Drops what was not used lately, where there is too much. */
  trim(): void {
    this.cache.trim();
  }

  clear(): void {
    this.cache.clear();
  }

  private async readSome(keys: readonly string[]): Promise<Map<string, Buffer>> {
    const { collections, ring } = this.vault;
    const ids = new Map(keys.map((key) => [key, ring.blindId(this.task, key)]));
    const found = collections.subjects.find(
      { _id: { $in: Array.from(ids.values(), (id) => new Binary(id)) } },
      { readConcern: 'majority', readPreference: 'primary', batchSize: keys.length },
    );
    const alive = ((await found.toArray()) as SubjectsDocument[]).filter(isSubject);
    await ring.require(new Set(alive.map(({ g }) => g)));
    for (const document of alive) {
      const subject = this.opened(document);
      this.cache.set(subject);
      ids.delete(subject.key);
    }
    return ids;
  }

  private opened(document: SubjectDocument): Subject {
    const id = bytesOf(document._id);
    const body = decodeSubject(this.vault.ring.unseal(subjectPlace(id), document), document.v);
    const since = Number(document.since ?? -1);
    const subject = Subject.kept(body, Number(document.through), document.late?.getTime() ?? null, id, since);
    this.parts.loaded(subject, document.due);
    return subject;
  }
}
