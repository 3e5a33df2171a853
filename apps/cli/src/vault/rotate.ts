import { rotateVault } from '#libs/subjects';
import { progressBar } from '../progress-bar.js';
import { asInvestigator } from './investigator.js';

/** @returns false where values under older keys are left */
export async function rotate(): Promise<boolean> {
  return asInvestigator(async ({ mongodb, keys }) => {
    const [current, ...old] = keys;
    const line = progressBar('Encrypting again', 'documents');
    const { rewrapped, generation, values, left } = await rotateVault(mongodb, keys, line.update);
    line.end();
    const number = (n: number) => n.toLocaleString('en');
    say(`Keys encrypted under the key ${current.id}: ${number(rewrapped)}.`);
    say(`Values encrypted again, under data key ${generation}: ${number(values)}.`);
    if (left > 0) {
      say(
        `Values still under older data keys: ${number(left)}. Give every auditor the key ${current.id} and run this again.`,
      );
      return false;
    }
    for (const { id } of old) say(`The key ${id} is no longer needed: take it out of HJEMMEL_VAULT_KEY everywhere.`);
    return true;
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
