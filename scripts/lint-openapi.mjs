#!/usr/bin/env node
/** Lints the description of the API, as its sources have it now, by redocly.yaml. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import '../test/support/typescript.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const document = join(root, '.local', 'test', 'openapi.json');

// Decorators write their metadata by it.
await import('reflect-metadata');
const { CONTROLLERS } = await import('../apps/api/src/api.module.ts');
const { describeRoutes } = await import('../apps/api/src/http/openapi.ts');
const { routesOf } = await import('../apps/api/src/http/routes.ts');
const described = describeRoutes(routesOf(CONTROLLERS), {
  issuer: new URL('https://id.example.com'),
  cookie: 'hjemmel-session',
});
mkdirSync(dirname(document), { recursive: true });
writeFileSync(document, JSON.stringify(described, null, 2));

const redocly = join(root, 'node_modules', '@redocly', 'cli', 'bin', 'cli.js');
const { status } = spawnSync(process.execPath, [redocly, 'lint', document, '--config', join(root, 'redocly.yaml')], {
  cwd: root,
  // It asks nobody for newer versions, and tells nobody what it does.
  env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
