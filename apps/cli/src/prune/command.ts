import { Command } from 'commander';
import type { PruneOptions } from './prune.js';

const HELP = `
Deletes the oldest entries of the trail, as C2SP tlog-tiles allows. What is left is still proved: the tree, every
checkpoint and every proof of a later entry stay as they are. Before the cut nothing can be read or proved any more.

Nothing is pruned without a policy: set HJEMMEL_TRAIL_RETENTION to the period for which entries must be kept, as an
ISO 8601 duration (P5Y: five years from when the entry was recorded). Younger entries always stay, and so do checkpoints.
The cut is made at a multiple of 256 entries, not later than asked.

The cut and its reason stay in the trail for ever. Broken off half-way it is finished by the next run; without --before
only that is done. See docs/retention.md.

Needs MONGODB_URI of the pruner. Exit code 0: done, or there was nothing to do; 1: you said no; 2: the command or a
setting is wrong.

Examples:
  npm run -s hjemmel -- prune --before 2020-01-01 --dry-run
  npm run -s hjemmel -- prune --before 2020-01-01 --reason "retention policy of 2024"
  npm run -s hjemmel -- prune --before 1000000 --yes`;

export function pruneCommand(): Command {
  return new Command('prune')
    .description('delete the oldest part of the trail, once its retention has passed')
    .option('--before <INDEX|TIME>', 'entries before this log index, or recorded before this time (UTC), go')
    .option('--dry-run', 'say what would go; change nothing')
    .option('--reason <TEXT>', 'why; stays in the trail for ever (default: the retention period)')
    .option('--yes', 'do not ask; needed where there is no terminal')
    .addHelpText('after', HELP)
    .action(async (options: PruneOptions) => {
      const { prune } = await import('./prune.js');
      process.exitCode = (await prune(options)) ? 0 : 1;
    });
}
