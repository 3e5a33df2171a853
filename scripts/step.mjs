/** One step of preparation: a command whose output is kept in a log, with its progress shown on stderr. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/** A step that failed; the message is one line for the user. */
export class StepError extends Error {}

/** Ends this process, with exit code 2 and the one line if the fault is a failed step. */
export function exitWithMessage(error) {
  if (!(error instanceof StepError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}

/**
 * @param {object} step
 * @param {string} step.title what is being done
 * @param {string} step.command
 * @param {string[]} step.args
 * @param {string} step.cwd
 * @param {NodeJS.ProcessEnv} [step.env]
 * @param {string} step.log file that gets the output when the command fails
 * @param {string} step.failed what to tell the user then
 * @param {boolean} [step.showOutput] show the output of a failed command (compiler faults)
 * @throws {StepError}
 */
export async function runStep({ title, command, args, cwd, env = process.env, log, failed, showOutput = false }) {
  const started = Date.now();
  const done = showProgress(title, started);
  const { code, output } = await capture(command, args, { cwd, env });
  done(code === 0);
  if (code === 0) return;
  writeFileSync(log, output);
  if (showOutput) process.stderr.write(output);
  throw new StepError(`${failed}${reason(output)} (Log: ${relative(process.cwd(), log)})`);
}

/** Runs a command without a terminal; resolves with its exit code (127: not found) and both its outputs, in order. */
export function capture(command, args, { cwd, env }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const add = (chunk) => (output += chunk);
    child.stdout.setEncoding('utf8').on('data', add);
    child.stderr.setEncoding('utf8').on('data', add);
    child.on('error', (error) => resolve({ code: 127, output: `${error.message}\n` }));
    child.on('close', (code, signal) => resolve({ code: signal ? 1 : code, output }));
  });
}

function showProgress(title, started) {
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  if (!process.stderr.isTTY) {
    process.stderr.write(`${title} …\n`);
    return () => {};
  }
  const draw = () => process.stderr.write(`\r${title} … ${seconds()}`);
  draw();
  const timer = setInterval(draw, 1000);
  return (ok) => {
    clearInterval(timer);
    process.stderr.write(`\r\x1b[K${title}: ${ok ? 'done' : 'failed'} in ${seconds()}\n`);
  };
}

/** npm's error code, if the output names one. */
function reason(output) {
  const code = /^npm error code (\w+)/m.exec(output)?.[1];
  return code ? ` npm says ${code}.` : '';
}
