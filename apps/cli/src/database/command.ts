import { Command } from 'commander';

const PREPARE_HELP = `
Makes the collections, and for the auditor, the notary, the api, the investigator and the pruner each a role with the
least it needs and a user of that role (hjemmel-auditor, …), all in the product's own database. What is there is brought
in line with this version; run it again after every update. Nobody's user can change what lies in the trail, and
only the pruner's can delete there.

Passwords are taken from HJEMMEL_PASSWORD_AUDITOR, …_NOTARY, …_API, …_INVESTIGATOR and …_PRUNER. Where one is not set, a
new user gets a random one, shown once, and an existing user keeps the one it has.

Examples:
  MONGODB_ADMIN_URI='mongodb://root:…@db1,db2/?replicaSet=rs&authSource=admin' npm run -s hjemmel -- database prepare
  npm run -s hjemmel -- database prepare --database audit`;

const ROLES_HELP = `
For those who administer MongoDB by hand. The script does what \`hjemmel database prepare\` does:
  npm run -s hjemmel -- database roles --mongosh > hjemmel-roles.js
  mongosh 'mongodb://root@db1/?authSource=admin' hjemmel-roles.js`;

export function databaseCommand(): Command {
  const command = new Command('database').description("the product's database: collections, roles and users");
  command
    .command('prepare')
    .description('make or bring in line the collections, roles and users')
    .option(
      '--admin-uri <URI>',
      'connection string of an administrator (better set as MONGODB_ADMIN_URI: others see it)',
    )
    .option('--database <NAME>', "the product's database (default: the one in the connection string, else hjemmel)")
    .addHelpText('after', PREPARE_HELP)
    .action(async (options: { adminUri?: string; database?: string }) => {
      const { prepare } = await import('./prepare.js');
      await prepare(options);
    });
  command
    .command('roles')
    .description('print what each role may do, as JSON or as a script')
    .option('--mongosh', 'print a script for mongosh', false)
    .option('--database <NAME>', "the product's database", 'hjemmel')
    .addHelpText('after', ROLES_HELP)
    .action(async ({ mongosh, database }: { mongosh: boolean; database: string }) => {
      const { rolesJson, rolesScript } = await import('./roles.js');
      process.stdout.write(mongosh ? rolesScript(database) : rolesJson());
    });
  return command;
}
