import { styleText } from 'node:util';
import type { Registers } from '#libs/register';
import type { PlacedEntry } from '#libs/trail';

/**
 * A violation for people: when, who, which rule, what was declared and what happened, and where the policy says it.
 * Two or three lines, each at most `width` wide.
 */
export function describeViolation({ entry }: PlacedEntry, registers: Registers, width: number): string[] {
  const reason = entry.reasons.find((each) => each.effect === 'violation');
  if (reason === undefined) return [];
  const more = entry.reasons.length - 1;
  const time = new Date(entry.recordedAt).toISOString().slice(11, 19);
  const who = [entry.controller ?? '?', ...(entry.service === null ? [] : [entry.service])].join(' / ');
  const rule = more === 0 ? reason.rule : `${reason.rule} (and ${more} more)`;
  return [
    `${styleText('dim', time)} ${styleText('red', rule)} ${cut(who, width - 12 - rule.length)}`,
    `   ${cut(reason.message, width - 4)}`,
    `   ${styleText('dim', cut(`clause ${where(entry.register, entry.controller, reason.clause, registers)}`, width - 4))}`,
  ];
}

function where(
  register: Buffer | null,
  controller: string | null,
  clause: string | null,
  registers: Registers,
): string {
  const id = register?.toString('hex');
  const version = registers.of(controller ?? '')?.find((each) => each.id === id);
  const found = clause === null ? undefined : version?.clauses.get(clause);
  if (found === undefined) return clause ?? 'none';
  const { locator } = found;
  const place = locator === null ? 'assumption' : `${locator.document} lines ${locator.fromLine}-${locator.toLine}`;
  return `${found.id} (${place}): ${found.summary}`;
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
