#!/usr/bin/env node
/**
 * `npm run test:outside`: programs that no one here wrote verify the log over HTTP while traffic is running, and refuse
 * it when it is tampered with. Ends with one line `N passed, N failed`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { serveAltered } from '../test/outside/altered-log.mjs';
import { startStack } from '../test/outside/stack.mjs';
import { kindsOfTampering } from '../test/outside/tampering.mjs';
import { bootstrap, root } from './bootstrap.mjs';
import { outsideVerifiers, runChecker, runFsck } from './outside.mjs';
import { onEnd } from './signals.mjs';
import { capture, exitWithMessage } from './step.mjs';

/** From 65,536 on the tree has a full tile on level 1, and one on level 2. */
const ENTRIES = 66_000;
const SMALLEST = 1_000;
const RATE = 2_000;
const GROWTH_MS = 300_000;

const HELP = `npm run test:outside -- [--entries N]

Needs Go; without it nothing is tested. Starts the product on this machine with data of its own, and has tessera's fsck
and a checker on golang.org/x/mod/sumdb read the log once it has N entries (default ${ENTRIES}) and goes on growing.
`;

const entries = parseArguments();
const verifiers = await outsideVerifiers().catch(exitWithMessage);
if (verifiers === null) {
  console.log('Skipped: Go is not installed, and the verifiers from outside are Go programs (https://go.dev/dl).');
  console.log('0 passed, 0 failed, all skipped');
  process.exit(0);
}
const runtime = await bootstrap().catch(exitWithMessage);
const log = await import(pathToFileURL(join(root, 'dist', 'libs', 'log', 'src', 'index.js')).href);

const total = { passed: 0, failed: 0 };
const folder = mkdtempSync(join(tmpdir(), 'hjemmel-checks-'));
const file = (name) => join(folder, name);
let stack = null;
let altered = null;
let ending = null;
const end = () => (ending ??= endAll());
onEnd(() => void end().then(() => process.exit(1)));
try {
  process.stderr.write(`Starting the product, with ${RATE} events a second …\n`);
  stack = await startStack(root, RATE);
  writeFileSync(file('log.key'), `${stack.verifierKey}\n`);
  await checkLive();
  await checkProofs();
  await checkTampering();
} catch (error) {
  result('the checks could be made', false, error.message);
} finally {
  await end();
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;

/** The log as it is served while it grows. */
async function checkLive() {
  const older = await grown(Math.ceil(entries / 2));
  writeFileSync(file('older'), older.note);
  await grown(entries);
  heading(`The log over HTTP, while ${RATE} events a second are judged`);
  const key = file('log.key');
  const checked = await runChecker(verifiers.checker, { url: stack.url, key, save: file('held') });
  accepted('checker', checked);
  const continued = await runChecker(verifiers.checker, { url: stack.url, key, held: file('older') });
  accepted('checker, with an older checkpoint held', continued);
  accepted('fsck', await runFsck(verifiers.fsck, { url: stack.url, key }));
  const before = sizeOf(readFileSync(file('held'), 'utf8'));
  const after = (await grown(0)).size;
  result('the log has grown meanwhile', after > before, `${before} entries when the first began, now ${after}`);
}

/** Evidence of single entries, without the log. */
async function checkProofs() {
  heading('Evidence that hjemmel proof writes, offline');
  const { size } = await grown(0);
  const key = file('log.key');
  for (const index of [0, Math.floor(size / 3), size - 1]) {
    const proof = file(`${index}.tlog-proof`);
    const { code, output } = await hjemmel('proof', index, '--out', proof);
    if (code !== 0) {
      result(`proof of entry ${index}`, false, output.trim());
      continue;
    }
    accepted(`checker, entry ${index}`, await runChecker(verifiers.checker, { proof, key }));
    const parsed = log.parseTlogProof(readFileSync(proof, 'utf8'));
    const entry = Buffer.from(parsed.extra);
    entry[entry.length - 1] ^= 1;
    writeFileSync(file('entry'), entry);
    refused(
      `checker, entry ${index} altered`,
      await runChecker(verifiers.checker, { proof, entry: file('entry'), key }),
    );
    writeFileSync(proof, log.formatTlogProof({ ...parsed, index: (index + 1) % size }));
    refused(`checker, entry ${index} said to be another`, await runChecker(verifiers.checker, { proof, key }));
  }
}

/** The log as somebody would serve it who altered it. */
async function checkTampering() {
  heading('The log tampered with');
  const held = file('held');
  const key = file('log.key');
  const { note, size } = await grown(sizeOf(readFileSync(held, 'utf8')) + 1);
  altered = await serveAltered(stack.url, note);
  const given = { checkpoint: note, older: readFileSync(file('older'), 'utf8'), signerKey: stack.signerKey };
  const kinds = kindsOfTampering(log, { ...given, entries: await readEntries(size) });
  const { url } = altered;
  const [unaltered, byFsck] = [
    await runChecker(verifiers.checker, { url, key, held }),
    await runFsck(verifiers.fsck, { url, key }),
  ];
  accepted('checker, nothing altered', unaltered);
  accepted('fsck, nothing altered', byFsck);
  for (const { what, alter, heldOnly = false, unseenByFsck = false } of kinds) {
    altered.alter(alter);
    const unaided = await runChecker(verifiers.checker, { url, key });
    if (heldOnly) {
      accepted(`checker without an older checkpoint, ${what}`, unaided);
      refused(
        `checker with an older checkpoint held, ${what}`,
        await runChecker(verifiers.checker, { url, key, held }),
      );
      continue;
    }
    refused(`checker, ${what}`, unaided);
    // It may hang where it finds something.
    if (!unseenByFsck) refused(`fsck, ${what}`, await runFsck(verifiers.fsck, { url, key, timeLimitMs: 30_000 }));
  }
  if (altered.faults.length > 0) throw new Error(`The altered log could not be served: ${altered.faults[0]}`);
}

async function readEntries(size) {
  const { TILE_WIDTH } = log;
  const read = [];
  for (let index = 0; index * TILE_WIDTH < size; index++) {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH);
    read.push(...log.decodeBundle(await altered.get(log.bundlePath({ index, width })), width));
  }
  return read;
}

/** Resolves with the newest checkpoint once the log has so many entries. */
async function grown(least) {
  for (const started = Date.now(); ; await sleep(500)) {
    const response = await fetch(`${stack.url}/checkpoint`);
    const note = await response.text();
    if (!response.ok) throw new Error(`The log's checkpoint cannot be read: ${response.status} ${note.trim()}`);
    const size = sizeOf(note);
    if (size >= least) return { note, size };
    if (Date.now() - started > GROWTH_MS) throw new Error(`The log has ${size} entries, and does not reach ${least}.`);
  }
}

function sizeOf(note) {
  return log.parseCheckpoint(log.parseNote(note).text).size;
}

function hjemmel(...args) {
  const env = { ...runtime.env, HJEMMEL_LOCAL_SETTINGS: stack.settingsFile };
  const program = join(root, 'dist', 'apps', 'cli', 'src', 'main.js');
  return capture(runtime.node, [program, ...args.map(String)], { cwd: root, env });
}

function accepted(what, { ok, lastLine }) {
  result(`accepted: ${what}`, ok, lastLine);
}

function refused(what, { ok, lastLine }) {
  result(`refused: ${what}`, !ok, lastLine);
}

function result(what, passed, detail) {
  total[passed ? 'passed' : 'failed']++;
  console.log(`${passed ? '✓' : '✗'} ${what}\n    ${detail}`);
}

function heading(title) {
  console.log(`\n── ${title} ${'─'.repeat(Math.max(0, 76 - title.length))}`);
}

async function endAll() {
  await altered?.close();
  await stack?.stop();
  rmSync(folder, { recursive: true, force: true });
}

function parseArguments() {
  try {
    const { values } = parseArgs({
      options: { entries: { type: 'string', default: String(ENTRIES) }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help) {
      process.stdout.write(HELP);
      process.exit(0);
    }
    const number = Number(values.entries);
    if (!/^\d+$/.test(values.entries) || number < SMALLEST) {
      throw new Error(`--entries is a whole number from ${SMALLEST}.`);
    }
    return number;
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
