/** What can be said of a problem. */
export const ACTIONS = ['acknowledge', 'assign', 'comment', 'resolve', 'reopen'] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * Why a problem is resolved. `fixed`: the service was mended. `declared`: the policy and its register say it now.
 * `accepted`: it stays, and somebody answers for it. `false-alarm`: the finding is wrong.
 */
export const RESOLUTIONS = ['fixed', 'declared', 'accepted', 'false-alarm'] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

/** Who said it: a member of staff, or Hjemmel itself. */
export interface Actor {
  /** Id at the OpenID provider; {@link HJEMMEL}: nobody's. */
  readonly subject: string;
  readonly name: string;
}

/** Says that a problem has come up again. */
export const HJEMMEL: Actor = { subject: 'hjemmel', name: 'Hjemmel' };

/** What is to be said of a problem. */
export interface Statement {
  readonly action: Action;
  readonly comment: string | null;
  /** Of `resolve` alone. */
  readonly reason: Resolution | null;
  /** Of `assign` alone; null: nobody any more. */
  readonly assignee: string | null;
}

/** A statement that was made; never changed. */
export interface TriageEntry extends Statement {
  readonly problem: string;
  /** Number among the problem's, from 0. */
  readonly n: number;
  readonly actor: Actor;
  /** ms since the epoch. */
  readonly at: number;
}
