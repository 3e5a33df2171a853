import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { budget, precompressed } from './build/plugins.js';

/** Where the api answers while the page is being developed (`npm run dashboard`). */
const api = process.env.HJEMMEL_API ?? 'http://127.0.0.1:8080';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [budget(), precompressed()],
  build: {
    outDir: fileURLToPath(new URL('../../dist/dashboard', import.meta.url)),
    emptyOutDir: true,
    target: 'es2023',
    // The page's Content-Security-Policy allows nothing inline, data: URLs of scripts and styles included.
    assetsInlineLimit: 0,
    // The polyfill is an inline script in old browsers' stead; those that know ES2023 need none.
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      onLog(level, log, show) {
        // Libraries mark what runs in the browser only, which everything here does.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') show(level, log);
      },
    },
  },
  // `/log` itself is a view of the page, what lies under it the api's.
  server: { proxy: Object.fromEntries(['/api', '/auth', '^/log/'].map((path) => [path, { target: api }])) },
});
