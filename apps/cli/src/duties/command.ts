import { Command } from 'commander';
import { GROUNDS_HELP } from '../vault/act.js';
import type { DutiesOptions } from './duties.js';

const HELP = `
Lists what is overdue at a time (and what was fulfilled late), and what falls due after it: requests, the ends of declared
retention, erasures after a withdrawal. Reads the vault and the trail, and changes nothing.

Persons are not named: a subject is shown by the first 12 digits of what stands for it in the vault, the same every time.
With --reveal they are named, and before anything is shown an entry of kind \`reveal\` is appended to the trail for each,
with actor and reason.${GROUNDS_HELP}

--json prints one object a line:
  {"duty":"request-overdue|retention-overdue|erasure-overdue","controller","subject","verdict","reasons":[…],
   "dueAt","purpose","fulfilledAt","position"}
position: of the finding in the trail, null where none stands there yet. verdict: \`open\` where it is not overdue.

Needs MONGODB_URI of an investigator, and HJEMMEL_VAULT_KEY. Exit code 0: nothing is overdue; 1: something is; 2: the
command, a register or a setting is wrong.

Examples:
  npm run -s hjemmel -- duties
  npm run -s hjemmel -- duties --at 2025-01-01T00:00:00Z --upcoming P3M --controller janus
  npm run -s hjemmel -- duties --json --reveal "weekly review of requests"`;

export function dutiesCommand(): Command {
  return new Command('duties')
    .description('list what is overdue and what falls due: requests, retention, erasure after withdrawal')
    .option('--at <TIME>', 'as of this time, as 2025-01-01T00:00:00Z (default: now)')
    .option('--upcoming <PERIOD>', 'also what falls due within this ISO 8601 duration', 'P30D')
    .option('--controller <ID>', 'of this controller only')
    .option('--registers <DIR>', 'directory of register files (default: HJEMMEL_REGISTERS, else those that ship)')
    .option('--json', 'a JSON object a line instead of a table')
    .option('--reveal <REASON>', 'name the persons; why stays in the trail for ever')
    .option('--actor <NAME>', 'with --reveal: who does it (default: the name you are logged in by)')
    .addHelpText('after', HELP)
    .action(async (options: DutiesOptions) => {
      const { duties } = await import('./duties.js');
      process.exitCode = (await duties(options)) ? 0 : 1;
    });
}
