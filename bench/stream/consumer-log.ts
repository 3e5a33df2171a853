/** Writes a line that `ConsumerProcess` reads. */
export function tell(msg: string, fields: object = {}): void {
  process.stdout.write(`${JSON.stringify({ time: Date.now(), ...fields, msg })}\n`);
}

/** The parent's word to end; what is open goes with the process. */
export function endWhenTold(): void {
  process.once('SIGTERM', () => process.exit(0));
}

/** An environment variable that the benchmark sets. */
export function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: this program is run by the benchmark`);
  return value;
}
