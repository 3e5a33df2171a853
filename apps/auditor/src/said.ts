import { hash } from 'node:crypto';
import { findingText } from '#libs/judge';
import type { Finding } from '#libs/judge';

/** Compliant findings say the same thing in few ways: by register and by what they assume. */
const compliant = new Map<string, string>();
const MOST = 10_000;

/** What a text says, in 8 bytes (16 hex digits): the beginning of its SHA-256. */
export function saidDigest(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16);
}

/** Stands for what a finding says, to the letter: two findings have the same where they say the same. */
export function saidOf(finding: Finding): string {
  if (finding.reasons.length > 0) return saidDigest(findingText(finding));
  const key = `${finding.verdict} ${finding.register} ${finding.assumptions.join()}`;
  let said = compliant.get(key);
  if (said === undefined) {
    if (compliant.size >= MOST) compliant.clear();
    compliant.set(key, (said = saidDigest(findingText(finding))));
  }
  return said;
}
