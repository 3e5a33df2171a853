/** Runs a compiled program under Node 24 as if it were this process: same terminal, signals and exit code. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { bootstrap, root } from './bootstrap.mjs';
import { onEnd, SIGNALS } from './signals.mjs';
import { exitWithMessage } from './step.mjs';

const SETPRIV = '/usr/bin/setpriv';

/**
 * @param {string} program compiled file, relative to the repository
 * @param {string[]} args
 */
export async function run(program, args) {
  const { node, env } = await bootstrap().catch(exitWithMessage);
  // kafkajs computes a timer that Node corrects and warns about.
  const command = [node, '--disable-warning=TimeoutNegativeWarning', join(root, program), ...args];
  // On Linux the program gets SIGTERM when this process is killed the hard way.
  if (existsSync(SETPRIV)) command.unshift(SETPRIV, '--pdeathsig', 'TERM', '--');
  const child = spawn(command[0], command.slice(1), { stdio: 'inherit', env });

  onEnd((signal) => child.kill(signal));

  child.on('error', (error) => {
    process.stderr.write(`Cannot run ${command[0]}: ${error.message}\n`);
    process.exit(2);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of SIGNALS) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}
