/** One fault of a register file: what, where, and where it helps, what to do. Lines and columns count from 1. */
export interface Fault {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A register (or its vocabulary) cannot be used. The message lists every fault, one a line, as `file:line:column: what`. */
export class RegisterError extends Error {
  override readonly name = 'RegisterError';

  constructor(readonly faults: readonly Fault[]) {
    super(faults.map(formatFault).join('\n'));
  }
}

export function formatFault(fault: Fault): string {
  return `${fault.file}:${fault.line}:${fault.column}: ${fault.message}`;
}
