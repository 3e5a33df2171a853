/**
 * Lets Node itself load the TypeScript sources, for what runs outside jest's transform: through the same compiler, with
 * `./x.ts` found where the sources, as usual, import `./x.js`, and `#libs/x` by its source.
 */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const root = new URL('../../', import.meta.url);
const swc = {
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'es6' },
  sourceMaps: 'inline',
};

registerHooks({
  resolve(specifier, context, next) {
    const lib = /^#libs\/(\w+)$/.exec(specifier)?.[1];
    if (lib !== undefined) return next(new URL(`libs/${lib}/src/index.ts`, root).href, context);
    const local = specifier.startsWith('.') && context.parentURL?.endsWith('.ts');
    return next(local ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
  load(url, context, next) {
    if (!url.startsWith(root.href) || !url.endsWith('.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), { ...swc, filename });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
