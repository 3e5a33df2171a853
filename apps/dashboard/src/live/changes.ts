/** What the feed says has changed, and which queries that concerns. */
import type { FindingSummary } from '../api/types.js';

export type Change =
  | { readonly event: 'finding'; readonly finding: FindingSummary }
  | { readonly event: 'checkpoint' }
  | { readonly event: 'triage'; readonly problem: string }
  /** The connection was away: anything may have changed. */
  | { readonly event: 'reconnected' };

/**
 * Beginnings of the keys of all queries that are out of date now, each once.
 *
 * @example staleKeys([{ event: 'triage', problem: 'p1-0' }]) // [['problems'], ['problem', 'p1-0']]
 */
export function staleKeys(changes: readonly Change[]): string[][] {
  const keys = changes.flatMap((change) => {
    switch (change.event) {
      case 'finding':
        return ofFinding(change.finding);
      case 'checkpoint':
        return [['log']];
      case 'triage':
        return [['problems'], ['problem', change.problem]];
      case 'reconnected':
        return LIVE.map((name) => [name]);
    }
  });
  return [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
}

/** Resources that the trail changes. */
const LIVE = ['findings', 'finding', 'problems', 'problem', 'statistics', 'coverage', 'duties', 'log'];

function ofFinding({ id, kind, reasons }: FindingSummary): string[][] {
  return [
    ['findings'],
    ['finding', id],
    ['problems'],
    ...reasons.map(({ problem }) => ['problem', problem]),
    ['statistics'],
    ['coverage'],
    ...(kind === 'duty' || kind === 'rights' ? [['duties']] : []),
  ];
}

/** How many findings came, for those who cannot see them come. */
export function arrived(changes: readonly Change[]): number {
  return changes.filter(({ event }) => event === 'finding').length;
}
