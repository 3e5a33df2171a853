import { closest, distance } from 'fastest-levenshtein';

/** `, did you mean \`x\`?` where a known id is near enough to be a misspelling; else an empty string. */
export function didYouMean(given: string, known: Iterable<string>): string {
  const candidates = [...known];
  if (candidates.length === 0) return '';
  const best = closest(given, candidates);
  return distance(given, best) <= Math.max(2, Math.floor(best.length / 3)) ? `, did you mean \`${best}\`?` : '';
}
