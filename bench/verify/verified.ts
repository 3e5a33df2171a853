import type { VerifyReport } from '#libs/trail';

/** Message of the line in which a verifier tells that it is done; its fields are those of `Verified`. */
export const VERIFIED = 'verified';

/** What a verifier found, and what it took. */
export interface Verified extends Pick<VerifyReport, 'proved' | 'size' | 'faults'> {
  /** From its first question to its last answer. */
  readonly seconds: number;
  /** Processor time of its process meanwhile, s. */
  readonly cpu: number;
  /** The most memory that its process had resident, MiB. */
  readonly peakMiB: number;
}
