import { Command } from 'commander';

const HELP = `
The dashboard and its API read from what the notary keeps beside the log: findings one by one, problems, counts. None of
it is the truth: it is made from the log, and this command makes it anew, beside what is read until it is done. Services
may run meanwhile. The result is the same as before, but for what was pruned from the log since.

It is never needed in daily use: after a backup of the trail alone was restored, or where the read models are doubted.
What people said of problems (triage) is not touched, and stays with them.

Needs MONGODB_URI of the notary. Exit code 0: done; 1: the log is damaged, or somebody else is rebuilding; 2: the command
or a setting is wrong.`;

export function rebuildCommand(): Command {
  return new Command('rebuild')
    .description('make what the dashboard reads anew from the log')
    .addHelpText('after', HELP)
    .action(async () => {
      const { rebuildViews } = await import('./rebuild.js');
      process.exitCode = (await rebuildViews()) ? 0 : 1;
    });
}
