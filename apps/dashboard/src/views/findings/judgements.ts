/** What later evidence changed of what was said before. */
import type { Judgement } from '../../api/types.js';

type Reasons = Judgement['reasons'];

export interface Change {
  readonly gone: Reasons;
  readonly come: Reasons;
  readonly stayed: Reasons;
}

/** Reasons are the same where rule and clause are; their messages may say more. */
export function changeBetween(before: Judgement, after: Judgement): Change {
  const keysOf = ({ reasons }: Judgement): Set<string> => new Set(reasons.map(keyOf));
  const [earlier, later] = [keysOf(before), keysOf(after)];
  return {
    gone: before.reasons.filter((reason) => !later.has(keyOf(reason))),
    come: after.reasons.filter((reason) => !earlier.has(keyOf(reason))),
    stayed: after.reasons.filter((reason) => earlier.has(keyOf(reason))),
  };
}

function keyOf({ rule, clause }: Reasons[number]): string {
  return JSON.stringify([rule, clause]);
}
