/**
 * Brings a fresh clone to the point where it can run: Node 24, the dependencies, the compiled code.
 *
 * Runs on any Node from 20 on, without dependencies. All messages go to stderr, so that commands keep stdout to
 * themselves. When nothing is to be done it costs a few milliseconds.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withLock } from './lock.mjs';
import { runStep } from './step.mjs';

/** The version brought from npm where the machine's Node is older than 24. */
const NODE_VERSION = '24.21.0';
const NODE_MAJOR = 24;

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const local = join(root, '.local');
const nodeHome = join(local, 'node');
const installStamp = join(local, 'install.stamp');

/**
 * What is compiled, in this order: nest clears dist/ first, the page with it.
 *
 * `output` is there once it was compiled; `reads` are files and folders that the compiler reads, `but` none of these.
 */
const builds = [
  {
    title: 'Building (nest build)',
    program: ['@nestjs', 'cli', 'bin', 'nest.js'],
    args: ['build'],
    output: join(root, 'dist', 'apps'),
    stamp: join(local, 'build.stamp'),
    log: join(local, 'build.log'),
    reads: [
      'tsconfig.json',
      'tsconfig.build.json',
      'nest-cli.json',
      'package-lock.json',
      'apps',
      'libs',
      'bench',
      'drill',
    ],
    but: (file) =>
      !/\.(ts|json)$/.test(file) || file.endsWith('.spec.ts') || file.startsWith(join('apps', 'dashboard')),
  },
  {
    title: 'Building the dashboard (vite build)',
    program: ['vite', 'bin', 'vite.js'],
    args: ['build', join('apps', 'dashboard'), '--logLevel', 'warn'],
    output: join(root, 'dist', 'dashboard'),
    stamp: join(local, 'dashboard.stamp'),
    log: join(local, 'dashboard.log'),
    reads: ['tsconfig.json', 'package-lock.json', join('apps', 'dashboard')],
    but: (file) => file.endsWith('.spec.ts'),
  },
];

/**
 * Makes Node, dependencies and (unless `build: false`) the compiled code current.
 *
 * @param {{ build?: boolean }} [options]
 * @returns {Promise<{ node: string, env: NodeJS.ProcessEnv }>} the Node to go on with, and an environment that finds it
 * @throws {StepError} when something cannot be had
 */
export async function bootstrap({ build = true } = {}) {
  const node = nodePath();
  const env = {
    // Programs start sooner where Node finds what it compiled before.
    NODE_COMPILE_CACHE: join(local, 'compile-cache'),
    ...process.env,
    PATH: [dirname(node), process.env.PATH].join(delimiter),
  };
  const ready = () => isNodeReady(node) && isInstalled() && (!build || isBuilt());
  if (!ready()) {
    mkdirSync(local, { recursive: true });
    await withLock(join(local, 'bootstrap.lock'), async () => {
      if (!isNodeReady(node)) await bringNode();
      if (!isInstalled()) await install(env);
      for (const each of builds) if (build && !isCurrent(each)) await compile(each, node, env);
    });
  }
  return { node, env };
}

/** This process's own Node if it is new enough, else the one under .local/node. */
function nodePath() {
  const own = Number(process.versions.node.split('.')[0]) >= NODE_MAJOR;
  return own ? process.execPath : join(nodeHome, 'node_modules', 'node', 'bin', 'node');
}

function isNodeReady(node) {
  if (node === process.execPath) return true;
  const manifest = readJson(join(nodeHome, 'node_modules', 'node', 'package.json'));
  return manifest?.version === NODE_VERSION && existsSync(node);
}

async function bringNode() {
  rmSync(nodeHome, { recursive: true, force: true });
  mkdirSync(nodeHome, { recursive: true });
  // The package fetches the machine's binary in an install script, which npm may ask to be allowed by name.
  const manifest = { private: true, dependencies: { node: NODE_VERSION }, allowScripts: { node: true } };
  writeFileSync(join(nodeHome, 'package.json'), JSON.stringify(manifest, null, 2));
  await runStep({
    title: `Node ${process.versions.node} is too old: bringing Node ${NODE_VERSION} into .local/node`,
    command: 'npm',
    args: ['install', '--prefix', nodeHome, '--ignore-scripts=false', ...npmFlags],
    cwd: nodeHome,
    log: join(local, 'node.log'),
    failed: `Could not bring Node ${NODE_VERSION} from npm. Connect to the npm registry, or install Node 24 or newer.`,
  });
}

const npmFlags = ['--no-audit', '--no-fund', '--no-progress', '--loglevel=error'];

/** Whether node_modules holds what package-lock.json asks for; a stamp spares the comparison from then on. */
function isInstalled() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const digest = sha256(lockText);
  if (readText(installStamp) === digest) return true;
  const present = readJson(installed)?.packages ?? {};
  const wanted = Object.entries(JSON.parse(lockText).packages).filter(
    ([path, entry]) => path !== '' && !entry.optional,
  );
  const same = wanted.every(([path, entry]) => present[path]?.version === entry.version);
  if (same) {
    mkdirSync(local, { recursive: true });
    writeFileSync(installStamp, digest);
  }
  return same;
}

async function install(env) {
  rmSync(installStamp, { force: true });
  await runStep({
    title: 'Installing dependencies (npm install)',
    command: 'npm',
    // Exactly what the lock file says, and the lock file left alone. `npm ci` would refuse a lock file made against a
    // registry mirror that lacks the optional packages of other platforms.
    // No dependency needs its install script: compiled parts come as packages of their own.
    args: ['install', '--no-save', '--include=dev', '--ignore-scripts', ...npmFlags],
    cwd: root,
    env,
    log: join(local, 'install.log'),
    failed: 'Could not install the dependencies. Connect to the npm registry and run the command again.',
  });
  writeFileSync(installStamp, sha256(readFileSync(join(root, 'package-lock.json'))));
}

function isBuilt() {
  return builds.every(isCurrent);
}

function isCurrent(build) {
  return existsSync(build.output) && readText(build.stamp) === sourcesDigest(build);
}

async function compile(build, node, env) {
  rmSync(build.stamp, { force: true });
  // Taken before compiling: a source saved meanwhile makes the next run compile again.
  const digest = sourcesDigest(build);
  await runStep({
    title: build.title,
    command: node,
    args: [join('node_modules', ...build.program), ...build.args],
    cwd: root,
    env,
    log: build.log,
    failed: 'The sources do not compile; the faults are listed above.',
    showOutput: true,
  });
  writeFileSync(build.stamp, digest);
}

/** SHA-256 over path, size and time of change of every file that the compiler reads. */
function sourcesDigest({ reads, but }) {
  const files = reads.flatMap((name) => filesOf(name)).filter((file) => !but(file));
  const lines = files.sort().map((file) => {
    const { mtimeMs, size } = statSync(join(root, file));
    return `${file} ${size} ${mtimeMs}\n`;
  });
  return sha256(lines.join(''));
}

/** The file itself, or all files in the folder, by their paths from the root; none if it is not there. */
function filesOf(name) {
  const path = join(root, name);
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [name];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => relative(root, join(entry.parentPath, entry.name)));
}

function sha256(data) {
  return createHash('sha256').update(data).digest('hex');
}

function readText(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
