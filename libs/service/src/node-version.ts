/** The oldest Node that everything runs on; as `engines` in package.json says, which Node itself does not look at. */
const LEAST = 24;

/** What is wrong with running on a Node of this version (`24.1.0`), a sentence; null: nothing. */
export function nodeFault(version: string): string | null {
  return parseInt(version, 10) < LEAST ? `Node ${version} is too old: run this with Node ${LEAST} or newer.` : null;
}
