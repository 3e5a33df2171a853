/** Options of `hjemmel verify`, as they were given. */
export interface VerifyCommandOptions {
  readonly held?: string;
  readonly save?: string;
  readonly url?: string;
  readonly key: readonly string[];
  readonly minimumIndex?: string;
  readonly json?: boolean;
}
