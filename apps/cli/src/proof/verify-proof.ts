import { readFileSync } from 'node:fs';
import { decodeEntry } from '#libs/events';
import {
  COSIGNATURE,
  leafHash,
  LogFormatError,
  NoteError,
  openNote,
  parseCheckpoint,
  parseTlogProof,
  ProofError,
  verifyInclusion,
} from '#libs/log';
import type { Trust } from '#libs/trail';
import { readTrust } from '../log/trust.js';
import { userPath } from '../paths.js';
import { UsageError } from '../usage-error.js';
import type { VerifyProofOptions } from './options.js';

const UNPROVED = [LogFormatError, NoteError, ProofError];

/** Checks a proof and prints the entry; false where it proves nothing. */
export function verifyProof(file: string, options: VerifyProofOptions): boolean {
  const trust = readTrust(options.key);
  if (trust.keys.length === 0) throw new UsageError('Whose log is it? Give a verifier key of the log with --key.');
  const text = read(file).toString();
  const given = options.entry === undefined ? null : read(options.entry);
  try {
    process.stdout.write(`${JSON.stringify(open(text, given, trust), null, 2)}\n`);
    return true;
  } catch (error) {
    if (!UNPROVED.some((kind) => error instanceof kind)) throw error;
    process.stderr.write(`${file} is no proof: ${(error as Error).message}\n`);
    return false;
  }
}

/**
 * Verifies as C2SP tlog-proof has it ("Verifying a tlog proof").
 *
 * @throws LogFormatError, NoteError or ProofError saying why it proves nothing
 */
function open(text: string, given: Buffer | null, { keys, witnesses }: Trust): object {
  const proof = parseTlogProof(text);
  const entry = given ?? proof.extra;
  if (entry === null) throw new UsageError('The proof does not hold the entry itself: give its bytes with --entry.');
  const note = openNote(proof.checkpoint, [...keys, ...witnesses]);
  const { origin, size, root } = parseCheckpoint(note.text);
  if (!note.verified.some((key) => key.type !== COSIGNATURE && key.name === origin)) {
    throw new NoteError(`The checkpoint of \`${origin}\` is signed by none of this log's keys to trust.`);
  }
  verifyInclusion(proof.index, size, leafHash(entry), proof.proof, root);
  return {
    log: origin,
    logIndex: proof.index,
    size,
    witnesses: note.verified.filter(({ type }) => type === COSIGNATURE).map(({ name }) => name),
    entry: inWords(entry),
  };
}

/** Times as ISO 8601 UTC, bytes in hex, and nothing that the entry leaves out. */
function inWords(bytes: Buffer): unknown {
  let entry;
  try {
    entry = decodeEntry(bytes);
  } catch {
    // It is proved whatever it is; a later version may have written it.
    return { unreadable: bytes.toString('base64') };
  }
  return Object.fromEntries(
    Object.entries(entry)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name, inJson(name, value)]),
  );
}

function inJson(name: string, value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (TIMES.has(name) && typeof value === 'number') return new Date(value).toISOString();
  if (Array.isArray(value)) return value.map((item) => inJson('', item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inJson(key, item)]));
}

const TIMES: ReadonlySet<string> = new Set(['recordedAt', 'occurredAt', 'timestamp']);

function read(file: string): Buffer {
  try {
    return readFileSync(userPath(file));
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'it cannot be read';
    throw new UsageError(`${file}: ${reason}`);
  }
}
