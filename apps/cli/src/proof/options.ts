/** Options of `hjemmel proof`, as they were given. */
export interface ProofOptions {
  readonly url?: string;
  readonly out?: string;
  readonly entry?: string;
}

/** Options of `hjemmel verify-proof`, as they were given. */
export interface VerifyProofOptions {
  readonly entry?: string;
  readonly key: readonly string[];
}
