#!/usr/bin/env node
/** `npm test`: static checks, then unit and integration tests; ends with one line `N passed, N failed`. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bootstrap, root } from './bootstrap.mjs';
import { onEnd } from './signals.mjs';
import { exitWithMessage } from './step.mjs';

const results = join(root, '.local', 'test');

const folders = ['apps', 'libs', 'bench', 'drill', 'test'].filter((folder) => existsSync(join(root, folder)));
const checks = {
  format: ['Prettier', 'node_modules/prettier/bin/prettier.cjs', '--check', '.'],
  types: ['TypeScript', 'node_modules/typescript/bin/tsc', '--noEmit'],
  page: ['TypeScript of the dashboard', 'node_modules/typescript/bin/tsc', '--noEmit', '--project', 'apps/dashboard'],
  deps: ['Dependency rules', 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs', ...folders],
  openapi: ['OpenAPI description', 'scripts/lint-openapi.mjs'],
  lint: ['ESLint', 'node_modules/eslint/bin/eslint.js', '.', '--max-warnings=0'],
};
/** Takes much longer than the others, on one core; the unit tests need not wait for it. */
const SLOWEST_CHECK = 'lint';
/** Integration tests run the compiled programs. */
const BUILD = ['Compiling', 'scripts/build.mjs'];
/** Test files at a time. */
const WORKERS = 2;
const suites = { unit: 'Unit tests', int: 'Integration tests (real Kafka and MongoDB)' };
const all = [...Object.keys(checks), ...Object.keys(suites)];

const HELP = `npm test -- [--only PART[,PART]] [PATTERN…]

Parts, in order: ${all.join(', ')}. All of them by default; with a PATTERN unit and int, in the files that match it.
Integration tests start a Kafka and a MongoDB of their own, unless KAFKA_BROKERS and MONGODB_URI name some.
`;

const { only, patterns } = parseArguments();
const { node, env } = await bootstrap({ build: false }).catch(exitWithMessage);
const running = new Set();
onEnd((signal) => {
  for (const child of running) child.kill(signal);
  process.exit(1);
});
const total = { passed: 0, failed: 0, skipped: 0 };
// All at once, as they keep one core busy each; what they say comes in order.
const programs = only.filter((part) => part in checks).map((part) => ({ part, ...begin(checks[part]) }));
const build = only.includes('int') ? begin(BUILD) : null;
for (const check of programs) if (check.part !== SLOWEST_CHECK) await tellCheck(check);
const isBuilt = build === null || (await tell(build));
if (only.includes('unit')) add(await runSuite('unit'));
for (const check of programs) if (check.part === SLOWEST_CHECK) await tellCheck(check);
if (only.includes('int')) add(await runSuite('int'));
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed > 0 ? 1 : 0;

function add(counts) {
  for (const key of Object.keys(total)) total[key] += counts[key];
}

/** Starts a program that is told of when it has ended. */
function begin([title, program, ...args]) {
  const output = [];
  const child = start([join(root, program), ...args], ['ignore', 'pipe', 'pipe']);
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => output.push(bytes));
  return { title, ended: ended(child), output };
}

/** Prints what a program said once it has ended; resolves with whether it ended well. */
async function tell(program) {
  heading(program.title);
  const code = await program.ended;
  process.stdout.write(Buffer.concat(program.output));
  return code === 0;
}

/** One static check counts as one test. */
async function tellCheck(check) {
  const passed = (await tell(check)) ? 1 : 0;
  add({ passed, failed: 1 - passed, skipped: 0 });
}

/** A jest project; a test file that cannot be run counts as one failure, and so does a run without a result. */
async function runSuite(project) {
  heading(suites[project]);
  if (project === 'int' && !isBuilt) return { passed: 0, failed: 1, skipped: 0 };
  const report = join(results, `${project}.json`);
  mkdirSync(results, { recursive: true });
  rmSync(report, { force: true });
  const jest = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    // kafkajs computes a timer that Node corrects and warns about.
    '--disable-warning=TimeoutNegativeWarning',
    join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    ...['--selectProjects', project, '--json', `--outputFile=${report}`],
    // A pattern may match tests of the other part alone; without one, a part that finds no test has failed.
    ...(patterns.length > 0 ? ['--passWithNoTests'] : []),
    // Most of the time is spent waiting for other processes. A failed test may leave something running.
    `--maxWorkers=${WORKERS}`,
    ...(project === 'int'
      ? ['--forceExit', `--testSequencer=${join(root, 'test', 'support', 'slowest-first.mjs')}`]
      : []),
    ...patterns,
  ];
  // What jest prints as JSON on stdout is in the report file already.
  const code = await ended(start(jest, ['ignore', 'ignore', 'inherit']));
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    const outcome = JSON.parse(readFileSync(report, 'utf8'));
    counts.passed = outcome.numPassedTests;
    counts.failed = outcome.numFailedTests + outcome.numRuntimeErrorTestSuites;
    counts.skipped = outcome.numPendingTests + outcome.numTodoTests;
  } catch {
    console.log(`${suites[project]}: jest ended without a result (exit code ${code}).`);
  }
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

function start(args, stdio) {
  const child = spawn(node, args, { cwd: root, env, stdio });
  running.add(child);
  return child;
}

/** Resolves with the exit code. */
function ended(child) {
  return new Promise((resolve) => {
    child.on('close', (code) => {
      running.delete(child);
      resolve(code ?? 1);
    });
  });
}

function heading(title) {
  console.log(`\n── ${title} ${'─'.repeat(Math.max(0, 76 - title.length))}`);
}

function parseArguments() {
  try {
    const { values, positionals } = parseArgs({
      options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    if (values.help) {
      process.stdout.write(HELP);
      process.exit(0);
    }
    const parts = values.only?.split(',') ?? (positionals.length > 0 ? Object.keys(suites) : all);
    const unknown = parts.find((part) => !all.includes(part));
    if (unknown !== undefined) throw new Error(`There is no part '${unknown}'; the parts are ${all.join(', ')}.`);
    return { only: parts, patterns: positionals };
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
