import { clockKinds } from './clocks.js';
import { diskKinds } from './disks.js';
import type { Kind } from './kind.js';
import { networkKinds } from './networks.js';
import { processKinds } from './processes.js';
import { rebalanceKinds } from './rebalances.js';
import { serverKinds } from './servers.js';
import { writeKinds } from './writes.js';

/** Every kind of fault. */
export const KINDS: readonly Kind[] = [
  ...processKinds,
  ...serverKinds,
  ...networkKinds,
  ...writeKinds,
  ...diskKinds,
  ...clockKinds,
  ...rebalanceKinds,
];
