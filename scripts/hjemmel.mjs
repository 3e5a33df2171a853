#!/usr/bin/env node
import { run } from './run.mjs';

await run('dist/apps/cli/src/main.js', process.argv.slice(2));
