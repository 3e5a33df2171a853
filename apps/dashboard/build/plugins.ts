/** What the build does beyond bundling: holds the budget, and compresses ahead of time. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { BUDGET, firstView } from './first-view.js';

/** Fails the build when the first view's JavaScript exceeds its budget, and says what it is made of. */
export function budget(): Plugin {
  return {
    name: 'hjemmel-budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = firstView(Object.values(bundle).filter((file) => file.type === 'chunk'));
      const total = chunks.reduce((sum, { bytes }) => sum + bytes, 0);
      const parts = chunks.map(({ fileName, bytes }) => `  ${kilo(bytes).padStart(6)}  ${fileName}`).join('\n');
      const text = `First view: ${kilo(total)} of ${kilo(BUDGET)} kB JavaScript (gzip)\n${parts}`;
      if (total > BUDGET) this.error(`${text}\nLoad something later, or choose something lighter.`);
      this.info(text);
    },
  };
}

const kilo = (bytes: number): string => (bytes / 1000).toFixed(1);

/** Bytes under which compressing costs more than it spares. */
const SMALL = 1024;
const TEXT = /\.(js|css|html|svg|json)$/;

/** Writes each text as `.gz` and `.br` too, so that the api sends them without compressing anew. */
export function precompressed(): Plugin {
  return {
    name: 'hjemmel-precompressed',
    apply: 'build',
    writeBundle({ dir = '' }) {
      for (const entry of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
        if (!TEXT.test(entry)) continue;
        const file = join(dir, entry);
        const bytes = readFileSync(file);
        if (bytes.length < SMALL) continue;
        writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
        writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
      }
    },
  };
}
