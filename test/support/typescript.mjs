/**
 * Lets Node itself read the TypeScript sources, for what runs outside jest's transform: Node strips the types, and this
 * finds `./x.ts` where the sources, as usual, import `./x.js`.
 */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    const local = specifier.startsWith('.') && context.parentURL?.endsWith('.ts');
    return next(local ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
