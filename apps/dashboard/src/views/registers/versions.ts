/** Versions of a register, and since when until when each is in force. */
import type { RegisterVersion } from '../../api/types.js';

export type VersionState = 'inForce' | 'superseded' | 'future';

export interface Version extends RegisterVersion {
  /** ISO 8601, exclusive; null: no later version is known. */
  readonly inForceTo: string | null;
  readonly state: VersionState;
}

/**
 * The newest first.
 *
 * @param versions as the api has them: what came into force first comes first; of the same day, what was loaded first
 * @param now ms
 */
export function withSpans(versions: readonly RegisterVersion[], now: number): Version[] {
  const begun = ({ inForceFrom }: RegisterVersion): boolean => Date.parse(inForceFrom) <= now;
  const current = versions.findLastIndex(begun);
  return versions
    .map((version, at) => {
      const next = versions.find(({ inForceFrom }) => Date.parse(inForceFrom) > Date.parse(version.inForceFrom));
      const state = at === current ? 'inForce' : begun(version) ? 'superseded' : 'future';
      return { ...version, inForceTo: next?.inForceFrom ?? null, state } as const;
    })
    .reverse();
}

/** The version that is in force, or the first that will be; undefined: there is none. */
export function versionAt(versions: readonly RegisterVersion[], now: number): number | undefined {
  const all = withSpans(versions, now);
  return (all.find(({ state }) => state === 'inForce') ?? all.at(-1))?.version;
}

/** Version numbers, the newest first, each once: a file may have been changed under the same number. */
export function numbers(versions: readonly Version[]): number[] {
  return [...new Set(versions.map(({ version }) => version))];
}

/** The version that differences are counted from where nobody has chosen one: the one before, or else the next. */
export function comparedWith(all: readonly number[], version: number, chosen: number | undefined): number | null {
  const others = all.filter((number) => number !== version);
  if (chosen !== undefined && others.includes(chosen)) return chosen;
  const at = all.indexOf(version);
  return all[at + 1] ?? all[at - 1] ?? others[0] ?? null;
}
