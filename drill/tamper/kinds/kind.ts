import type { TrailCollection } from '../pristine.js';
import type { DrilledLog } from '../make-log.js';
import type { Trail } from '../trail.js';

/** One way to tamper with the trail. */
export interface Kind {
  readonly title: string;
  /** Collections that it changes. */
  readonly changes: readonly TrailCollection[];
  /**
   * It shows in what the log serves, so that outside verifiers find it; `held`: to those who hold an older checkpoint.
   * `no`: the public log is as before.
   */
  readonly shows: 'yes' | 'held' | 'no';
  /** Only an older checkpoint that was kept elsewhere shows it: everything fits together. */
  readonly needsHeld?: true;
  /** What `hjemmel verify` has to say, among other things. */
  readonly said: RegExp;
  tamper(trail: Trail, log: DrilledLog): Promise<void>;
}
