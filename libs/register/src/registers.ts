import { createHash } from 'node:crypto';
import type { Register } from './model.js';

/** The registers of all controllers, each with its versions. Immutable. */
export class Registers {
  private readonly versions: ReadonlyMap<string, readonly Register[]>;

  /** @throws RangeError where two versions of one controller begin at the same time */
  constructor(registers: Iterable<Register>) {
    const versions = new Map<string, Register[]>();
    for (const register of registers) {
      const list = versions.get(register.controller) ?? [];
      const clash = list.find((other) => other.inForceFrom === register.inForceFrom);
      if (clash !== undefined) {
        throw new RangeError(
          `two registers of \`${register.controller}\` (versions ${clash.version} and ${register.version}) ` +
            `begin on ${new Date(register.inForceFrom).toISOString().slice(0, 10)}; each version needs a day of its own`,
        );
      }
      versions.set(register.controller, [...list, register]);
    }
    for (const list of versions.values()) list.sort((a, b) => a.inForceFrom - b.inForceFrom);
    this.versions = versions;
  }

  /** All versions of a controller, earliest first; undefined for an unknown controller. */
  of(controller: string): readonly Register[] | undefined {
    return this.versions.get(controller);
  }

  /** The version in force at `at` (ms): the latest that has begun; undefined where there is none. */
  inForce(controller: string, at: number): Register | undefined {
    const list = this.versions.get(controller);
    if (list === undefined) return undefined;
    for (let i = list.length - 1; i >= 0; i--) {
      const register = list[i];
      if (register !== undefined && register.inForceFrom <= at) return register;
    }
    return undefined;
  }

  /**
   * Stands for the versions that are in force at `at` (ms), one of each controller: SHA-256, lower-case hex, over their
   * ids. It changes with a file, and on the day when a version begins.
   */
  inForceDigest(at: number): string {
    const ids = [...this.versions.keys()].map((controller) => this.inForce(controller, at)?.id ?? '');
    return createHash('sha256').update(ids.sort().join()).digest('hex');
  }

  *[Symbol.iterator](): Iterator<Register> {
    for (const list of this.versions.values()) yield* list;
  }
}
