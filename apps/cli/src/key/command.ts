import { Command } from 'commander';

const HELP = `
The notary signs with HJEMMEL_SIGNING_KEY. To replace that key:
  1. Make a new one with the same origin: npm run -s hjemmel -- key generate --origin ORIGIN --out new.key
  2. Set HJEMMEL_SIGNING_KEY=NEW,OLD for every notary and start them again. Checkpoints now carry both signatures, and
     /log/key shows both verifier keys, the new one first.
  3. Give the new verifier key to all who verify the log.
  4. When all have it, set HJEMMEL_SIGNING_KEY=NEW, start the notaries again, and destroy the old key.
Checkpoints signed before stay valid under the old verifier key: keep it.

The vault's key, HJEMMEL_VAULT_KEY, is replaced with \`hjemmel vault rotate\`. The key of the page's sessions,
HJEMMEL_SESSION_KEY, is replaced by NEW,OLD at the api; after eight hours no session needs the old one any more.`;

const GENERATE_HELP = `
With --out the key goes into a new file that only you may read, and the verifier key, which is public, to standard
output; else the key goes to standard output and the verifier key to standard error.

Example:
  npm run -s hjemmel -- key generate --origin audit.example/log --out signing.key`;

export function keyCommand(): Command {
  const command = new Command('key')
    .description('the keys of the log, of the vault and of sessions')
    .addHelpText('after', HELP);
  command
    .command('generate')
    .description('make a key to sign the log with')
    .requiredOption('--origin <ORIGIN>', "the log's name for all time: its URL without https:// and a slash at the end")
    .option('--out <FILE>', 'a new file for the key')
    .addHelpText('after', GENERATE_HELP)
    .action(async (options: { origin: string; out?: string }) => (await import('./keys.js')).generate(options));
  command
    .command('show')
    .description('print the verifier keys of HJEMMEL_SIGNING_KEY, the one in use first')
    .action(async () => (await import('./keys.js')).show());
  command
    .command('vault')
    .description('make a key to encrypt with what is known of people')
    .option('--out <FILE>', 'a new file for the key (default: standard output)')
    .action(async (options: { out?: string }) => (await import('./keys.js')).random(options));
  command
    .command('session')
    .description("make a key to seal the page's sessions with")
    .option('--out <FILE>', 'a new file for the key (default: standard output)')
    .action(async (options: { out?: string }) => (await import('./keys.js')).random(options));
  return command;
}
