import { Command } from 'commander';
import type { RevealOptions } from './reveal.js';
import { GROUNDS_HELP, withGrounds } from '../vault/act.js';

const HELP = `
POSITION is a log index, as 1234, or task/block/index, as 0/17/250. Prints one JSON object a line:
  {"position":"0/17/250","controller":"…","subject":"…"}      whom the entry is about
  {"position":"0/17/250","logIndex":1234}                     with --subject: the entries about that person

Before anything is shown an entry of kind \`reveal\` is appended to the trail, with actor and reason.${GROUNDS_HELP}
Needs MONGODB_URI of an investigator, and HJEMMEL_VAULT_KEY. Exit code 0: found; 1: erased, or not known; 2: the command
is wrong.

Examples:
  npm run -s hjemmel -- reveal 1234 --reason "complaint 2024-117"
  npm run -s hjemmel -- reveal --controller janus --subject c-1 --reason "access request 2024-118"`;

export function revealCommand(): Command {
  const command = new Command('reveal')
    .description('look up whom entries are about, or which entries are about a person; the trail records it')
    .argument('[POSITION...]', 'entries to look behind')
    .option('--controller <ID>', 'with --subject: the controller')
    .option('--subject <ID>', "the controller's id of a person, whose entries are looked up");
  return withGrounds(command)
    .addHelpText('after', HELP)
    .action(async (positions: string[], options: RevealOptions) => {
      const { reveal } = await import('./reveal.js');
      process.exitCode = (await reveal(positions, options)) ? 0 : 1;
    });
}
