import { setFlagsFromString } from 'node:v8';

/** How much the heap may grow until its old part is collected again, %; of what was alive, buffers included. */
const GROWTH_PERCENT = 100;

/**
 * Has V8 collect the old part of the heap by how much it has grown, buffers included.
 *
 * Left to itself V8 does so whenever buffers have grown by 64 MB. Every block goes through some megabytes of them, so with
 * hundreds of megabytes of data subjects in memory it would be marking them half of the time. To be called first.
 */
export function collectByGrowth(): void {
  // Of another V8 these may have other names, or be the rule.
  if (!process.versions.v8.startsWith('13.')) return;
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
