import { hash } from 'node:crypto';
import { findingText } from '#libs/judge';
import type { Finding } from '#libs/judge';

/** Findings without reasons are few objects, the same again and again. */
const known = new WeakMap<Finding, string>();

/** What a text says, in 8 bytes (16 hex digits): the beginning of its SHA-256. */
export function saidDigest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16);
}

/** Stands for what a finding says, to the letter: two findings have the same where they say the same. */
export function saidOf(finding: Finding): string {
  if (finding.reasons.length > 0) return saidDigest(findingText(finding));
  let said = known.get(finding);
  if (said === undefined) known.set(finding, (said = saidDigest(findingText(finding))));
  return said;
}
