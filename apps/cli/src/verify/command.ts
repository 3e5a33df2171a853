import { Command } from 'commander';
import type { VerifyCommandOptions } from './options.js';

const HELP = `
Reads the whole log and rebuilds every hash from its entries, apart from the code that wrote them. Over MongoDB (the
user of MONGODB_URI, or the local stack's) it holds every block, hash, tile, checkpoint and signature, and that every
offset of the topics is accounted for once; with --url everything that the log serves to everybody.

KEY is a verifier key, or a file with one a line; keys of the log (today's and earlier ones) and of witnesses. Without
--key those of HJEMMEL_LOG_KEY, HJEMMEL_SIGNING_KEY and HJEMMEL_WITNESS_KEYS are believed, and failing these the keys
that the log names itself.

Whoever has the signing key can rewrite the log and sign it anew; all of it then fits together. That shows only against
a checkpoint kept elsewhere: keep one with --save, and hold the log against it the next time with --held.

Exit code 0: the log is proved; 1: something is wrong, and is named; 2: the command or a setting is wrong, or the log
cannot be read.

Examples:
  npm run -s hjemmel -- verify --save last.checkpoint
  npm run -s hjemmel -- verify --held last.checkpoint --save last.checkpoint
  npm run -s hjemmel -- verify --url https://audit.example.com/log --key audit.example.com/log+1a2b3c4d+AR…`;

export function verifyCommand(): Command {
  return new Command('verify')
    .description('prove the whole log: every hash, signature and offset')
    .option('--held <FILE>', 'a checkpoint kept from an earlier day, which the log must continue')
    .option('--save <FILE>', 'keep the newest checkpoint in this file, where the log is proved')
    .option('--url <URL>', 'verify over HTTP, by what the log serves')
    .option('--key <KEY>', 'whose signature is believed; may be given several times', collect, [])
    .option(
      '--minimum-index <N>',
      'with --url: the log is known to be pruned, entries before this index may be missing',
    )
    .option('--json', 'print the whole report as JSON')
    .addHelpText('after', HELP)
    .action(async (options: VerifyCommandOptions) => {
      const { verify } = await import('./verify.js');
      process.exitCode = (await verify(options)) ? 0 : 1;
    });
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}
