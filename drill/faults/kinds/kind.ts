import type { Random } from '../../../apps/local/src/traffic/random.js';
import type { World } from '../world.js';

/** What goes wrong, by what it strikes; the drill takes them in turn. */
export const FAMILIES = ['process', 'pause', 'server', 'network', 'write', 'clock', 'rebalance', 'disk'] as const;
export type Family = (typeof FAMILIES)[number];

/** One kind of fault. */
export interface Kind {
  readonly title: string;
  readonly family: Family;
  /** The fewest of Kafka's nodes and of MongoDB's members that it takes; default 1. */
  readonly brokers?: number;
  readonly members?: number;
  /**
   * Strikes, and ends the fault: when it resolves, nothing is broken any more, and recovery begins.
   *
   * @returns what was struck, for the report
   */
  strike(world: World, random: Random): Promise<string>;
}
