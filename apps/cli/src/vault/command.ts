import { Command } from 'commander';

const HELP = `
To replace the key of the vault:
  1. Make a new one: hjemmel key vault
  2. Set HJEMMEL_VAULT_KEY=NEW,OLD for every auditor, and start them again, one by one.
  3. Run this with the same HJEMMEL_VAULT_KEY. The auditors may go on meanwhile.
  4. When it says so, set HJEMMEL_VAULT_KEY=NEW everywhere, and destroy the old key.

With one key it encrypts everything under new data keys. Data keys replaced more than a week ago are destroyed: copies
of the database from before are then lost for whoever has no old key.

Needs MONGODB_URI of an investigator, and HJEMMEL_VAULT_KEY. Exit code 0: all is encrypted under the new key; 1: not all,
run it again; 2: the command or a setting is wrong.`;

export function vaultCommand(): Command {
  return new Command('vault').description('the keys that what is known of people is encrypted under').addCommand(
    new Command('rotate')
      .description('encrypt everything in the vault under the first key of HJEMMEL_VAULT_KEY')
      .addHelpText('after', HELP)
      .action(async () => {
        const { rotate } = await import('./rotate.js');
        process.exitCode = (await rotate()) ? 0 : 1;
      }),
  );
}
