import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { RegisterError, packageFile } from '#libs/register';
import { checkCommand } from './check/command.js';
import { databaseCommand } from './database/command.js';
import { dutiesCommand } from './duties/command.js';
import { eraseCommand } from './erase/command.js';
import { keyCommand } from './key/command.js';
import { proofCommand, verifyProofCommand } from './proof/command.js';
import { pruneCommand } from './prune/command.js';
import { rebuildCommand } from './rebuild/command.js';
import { registerCommand } from './register/command.js';
import { revealCommand } from './reveal/command.js';
import { tokenCommand } from './token/command.js';
import { vaultCommand } from './vault/command.js';
import { verifyCommand } from './verify/command.js';
import { UsageError } from './usage-error.js';

const HELP = `
Settings are environment variables (see README.md); each command's help says which it needs. Beside a running \`npm start\`
none is needed.

Exit code, where a command says nothing else: 0: done; 2: the command, a setting or a file is wrong; 70: a fault of Hjemmel
itself.`;

const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string };

const program = new Command('hjemmel')
  .description('Judges what services do with personal data against the published privacy policy.')
  .version(version)
  .addCommand(checkCommand())
  .addCommand(registerCommand())
  .addCommand(verifyCommand())
  .addCommand(proofCommand())
  .addCommand(verifyProofCommand())
  .addCommand(dutiesCommand())
  .addCommand(revealCommand())
  .addCommand(eraseCommand())
  .addCommand(pruneCommand())
  .addCommand(rebuildCommand())
  .addCommand(vaultCommand())
  .addCommand(tokenCommand())
  .addCommand(keyCommand())
  .addCommand(databaseCommand())
  .addHelpText('after', HELP)
  .showHelpAfterError('(hjemmel --help lists the commands; hjemmel COMMAND --help its options)');
throwInsteadOfExit(program);

// A reader that closes the pipe early (`| head`) is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says what went wrong and gives the exit code: 2 for a wrong command, setting or file, 70 for a fault of ours. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError || error instanceof RegisterError) {
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  const { message } = error instanceof Error ? error : { message: String(error) };
  process.stderr.write(`hjemmel failed: ${message}\nThis is a fault of Hjemmel itself; please report it.\n`);
  return 70;
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  for (const sub of command.commands) throwInsteadOfExit(sub);
}
