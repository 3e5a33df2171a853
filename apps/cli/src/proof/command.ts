import { Command } from 'commander';
import type { ProofOptions, VerifyProofOptions } from './options.js';

const PROOF_HELP = `
POSITION is a log index, as 1234, or task/block/index, as 0/17/250 (over MongoDB). Writes a C2SP tlog-proof: where the
entry stands, the hashes that lead from it to the root of the newest checkpoint, and that checkpoint with the signatures
of the log and its witnesses. \`hjemmel verify-proof\` and every other reader of tlog-proofs check it without the log.

The entry's bytes are in the file as its \`extra\` line, so that one file is enough; or beside it with --entry. The line
is proved by nothing itself: the bytes are, because their hash leads to the signed root.

Exit code 0: written; 1: the log does not prove it; 2: the command is wrong, or there is no such entry.

Examples:
  npm run -s hjemmel -- proof 1234 --out 1234.tlog-proof
  npm run -s hjemmel -- proof 1234 --url https://audit.example.com/log --out 1234.tlog-proof --entry 1234.entry`;

const VERIFY_HELP = `
Needs nothing but the file and a key: no server, no settings. Prints the entry as JSON. KEY is a verifier key of the log,
or a file with one a line; keys of witnesses make their cosignatures count as well. Without --key those of
HJEMMEL_LOG_KEY, HJEMMEL_SIGNING_KEY and HJEMMEL_WITNESS_KEYS are believed.

Exit code 0: the entry is in the log; 1: that is not proved; 2: the command or a file is wrong.

Example:
  npm run -s hjemmel -- verify-proof 1234.tlog-proof --key audit.example.com/log+1a2b3c4d+AR…`;

export function proofCommand(): Command {
  return new Command('proof')
    .description('write evidence that an entry is in the log, which is checked without the log')
    .argument('<POSITION>', 'the entry')
    .option('--url <URL>', 'read the log over HTTP')
    .option('--out <FILE>', 'where to write it (default: standard output)')
    .option('--entry <FILE>', "write the entry's bytes to this file, and leave them out of the proof")
    .addHelpText('after', PROOF_HELP)
    .action(async (position: string, options: ProofOptions) => {
      const { proof } = await import('./proof.js');
      process.exitCode = (await proof(position, options)) ? 0 : 1;
    });
}

export function verifyProofCommand(): Command {
  return new Command('verify-proof')
    .description('check evidence that an entry is in the log, without the log')
    .argument('<FILE>', 'the tlog-proof')
    .option('--entry <FILE>', "the entry's bytes (default: those in the proof)")
    .option('--key <KEY>', 'whose signature is believed; may be given several times', collect, [])
    .addHelpText('after', VERIFY_HELP)
    .action(async (file: string, options: VerifyProofOptions) => {
      const { verifyProof } = await import('./verify-proof.js');
      process.exitCode = verifyProof(file, options) ? 0 : 1;
    });
}

function collect(value: string, earlier: readonly string[]): string[] {
  return [...earlier, value];
}
