import { Command } from 'commander';

const HELP = `
Asks the OpenID provider (OIDC_ISSUER) for a token for the api (OIDC_AUDIENCE), as the client HJEMMEL_TOKEN_CLIENT_ID with
HJEMMEL_TOKEN_CLIENT_SECRET (OAuth 2.0 client credentials). Beside a running \`npm start\` none of these is needed.

Examples:
  curl -H "authorization: Bearer $(npm run -s hjemmel -- token)" https://hjemmel.example.com/api/v1/findings`;

export function tokenCommand(): Command {
  return new Command('token')
    .description('print an access token for the api')
    .option('--scope <SCOPE>', 'what to ask for, where the provider wants to be told')
    .addHelpText('after', HELP)
    .action(async (options: { scope?: string }) => (await import('./token.js')).token(options));
}
