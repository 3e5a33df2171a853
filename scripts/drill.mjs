#!/usr/bin/env node
import { run } from './run.mjs';

await run('dist/drill/main.js', process.argv.slice(2));
