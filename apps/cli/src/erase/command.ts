import { Command } from 'commander';
import type { EraseOptions } from './erase.js';
import { GROUNDS_HELP, withGrounds } from '../vault/act.js';

const HELP = `
Destroys the person's secret, clear id and facts, the record of which entries are about the person and what they were
judged from, and the person's letters in the dead-letter topic. The trail stays whole and verifies; nobody can tell any
more which entries were about the person. Each task concerned gets an entry of kind \`erased\`, with actor and reason.${GROUNDS_HELP}

Auditors may be running; they forget the person within seconds. Broken off half-way it may be run again. Events of the
same id that come later begin a new person, who cannot be linked to the old one. Backups, and the topics that services
publish to, are yours to clear.

Needs MONGODB_URI of an investigator, HJEMMEL_VAULT_KEY, and for the dead letters what the auditor has: KAFKA_BROKERS,
KAFKA_SSL, KAFKA_SASL_…, HJEMMEL_TOPIC_DEAD_LETTER. Exit code 0: erased; 1:
nothing is known of such a person, or you said no; 2: the command is wrong.

Example:
  npm run -s hjemmel -- erase --controller janus --subject c-1 --reason "erasure request 2024-119"`;

export function eraseCommand(): Command {
  const command = new Command('erase')
    .description('destroy what is known of a person; the trail stays whole, and records it')
    .requiredOption('--controller <ID>', 'the controller')
    .requiredOption('--subject <ID>', "the controller's id of the person");
  return withGrounds(command)
    .option('--yes', 'do not ask; needed where there is no terminal')
    .option('--no-dead-letters', 'leave the dead-letter topic alone; it then may still hold the person')
    .addHelpText('after', HELP)
    .action(async (options: EraseOptions) => {
      const { erase } = await import('./erase.js');
      process.exitCode = (await erase(options)) ? 0 : 1;
    });
}
