import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { EntryAct, EntryPosition } from '#libs/events';
import { UsageError } from '../usage-error.js';
import { holdsId } from './holds-id.js';

/** Who does something with what is known of people, and why. */
export interface Grounds {
  readonly actor: string;
  readonly reason: string;
}

const MAX_LENGTH = 1_000;

export const GROUNDS_HELP = `
Actor and reason go into the trail and stay there for ever: name a case or a request, never the person concerned.`;

/** Adds `--reason` and `--actor`. */
export function withGrounds(command: Command): Command {
  return command
    .requiredOption('--reason <TEXT>', 'why; stays in the trail for ever, so without anything of the person concerned')
    .option('--actor <NAME>', 'who does it (default: the name you are logged in by); stays in the trail too');
}

/** @throws UsageError where the reason is empty or too long */
export function toGrounds({ reason, actor }: { reason: string; actor?: string }): Grounds {
  const grounds = { reason: reason.trim(), actor: actor?.trim() || userInfo().username };
  if (grounds.reason === '')
    throw new UsageError('--reason is empty: say why, without anything of the person concerned.');
  for (const [name, text] of Object.entries(grounds)) {
    if (text.length > MAX_LENGTH) throw new UsageError(`--${name} is longer than ${MAX_LENGTH} characters.`);
  }
  return grounds;
}

/** @throws UsageError where what goes into the trail holds the person's id */
export function refuseId({ actor, reason }: Grounds, subject: string): void {
  for (const [name, text] of Object.entries({ actor, reason })) {
    if (!holdsId(Buffer.from(text.toLowerCase()), subject.toLowerCase())) continue;
    throw new UsageError(
      `--${name} holds the id of the person concerned, and would stay in the trail for ever: leave it out.`,
    );
  }
}

export function newAct({ actor, reason }: Grounds, position: EntryPosition | null): EntryAct {
  return { id: randomUUID(), actor, reason, position };
}
