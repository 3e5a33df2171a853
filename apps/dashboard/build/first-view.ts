/** What the first view loads, and whether it keeps to the budget. */
import { gzipSync } from 'node:zlib';

/** A chunk as the bundler reports it. */
export interface Chunk {
  readonly fileName: string;
  readonly code: string;
  readonly imports: readonly string[];
  /** The module whose import makes this chunk, if there is one. */
  readonly facadeModuleId: string | null;
}

/** Bytes of gzip-compressed JavaScript: the promise of the first view. */
export const BUDGET = 250_000;

/** What opens the overview in one language: the entry, the view, a catalogue of messages. */
const FIRST_VIEW = [/\/index\.html$/, /\/views\/overview\/OverviewView\.tsx$/, /\/i18n\/nb\/index\.ts$/];

/**
 * The chunks that the overview needs, with all they import, and their gzip sizes in bytes, largest first.
 *
 * @throws {Error} where one of the first view's modules is no chunk of its own any more
 */
export function firstView(chunks: readonly Chunk[]): { fileName: string; bytes: number }[] {
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
  const needed = new Set<Chunk>();
  const add = (chunk: Chunk | undefined): void => {
    if (chunk === undefined || needed.has(chunk)) return;
    needed.add(chunk);
    chunk.imports.forEach((name) => add(byName.get(name)));
  };
  for (const pattern of FIRST_VIEW) {
    const start = chunks.find(({ facadeModuleId }) => facadeModuleId !== null && pattern.test(facadeModuleId));
    if (start === undefined) throw new Error(`The build has no chunk for ${pattern.source}: mend build/first-view.ts.`);
    add(start);
  }
  return [...needed]
    .map(({ fileName, code }) => ({ fileName, bytes: gzipSync(code, { level: 9 }).length }))
    .sort((a, b) => b.bytes - a.bytes);
}
