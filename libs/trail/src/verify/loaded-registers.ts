import type { EntryFacts, StatedRegister } from './entry-reader.js';

/** Controllers' ids stand in entries shortened to so many characters. */
const MAX_ID_LENGTH = 128;

/** The registers that a task says it judges by, from one of its blocks on. */
export class LoadedRegisters {
  private readonly digests: ReadonlySet<string>;
  /** By controller, the latest first. */
  private readonly versions: ReadonlyMap<string, readonly StatedRegister[]>;

  constructor(registers: readonly StatedRegister[]) {
    this.digests = new Set(registers.map(({ sha256 }) => sha256));
    this.versions = new Map(
      [...Map.groupBy(registers, ({ controller }) => controller)].map(([controller, list]) => [
        controller,
        list.toSorted((a, b) => b.inForceFrom - a.inForceFrom),
      ]),
    );
  }

  /** What is wrong with the register that an entry names, a clause; null: nothing. Not asked of amendments. */
  fault({ kind, register, controller, occurredAt }: EntryFacts): string | null {
    if (kind === 'finding' && controller !== null && occurredAt !== null && controller.length < MAX_ID_LENGTH) {
      const expected = this.inForce(controller, occurredAt);
      if (register === (expected?.sha256 ?? null)) return null;
      const other = expected === null ? 'none of its controller was' : `${nameOf(expected)} was`;
      return `it was judged by ${short(register)}, and of the registers that its task states ${other} in force then`;
    }
    if (register === null || this.digests.has(register)) return null;
    return `it was judged by ${short(register)}, which is not among the registers that its task states`;
  }

  private inForce(controller: string, at: number): StatedRegister | null {
    const versions = this.versions.get(controller);
    if (versions === undefined) return null;
    for (const version of versions) if (version.inForceFrom <= at) return version;
    return null;
  }
}

function nameOf({ controller, version, sha256 }: StatedRegister): string {
  return `${controller} ${version} (${sha256.slice(0, 12)})`;
}

function short(register: string | null): string {
  return register === null ? 'no register' : `the register ${register.slice(0, 12)}`;
}
