import {
  consistencyProof,
  decodeBundle,
  formatTlogProof,
  inclusionProof,
  leafHash,
  openNote,
  parseCheckpoint,
  parseNote,
  parseTlogProof,
  rootFrom,
  TILE_WIDTH,
  verifyConsistency,
  verifyInclusion,
} from '#libs/log';
import { MongoLogReader, type MongoConnection } from '#libs/trail';
import { bundleOf, mongodbSource, type ProofSource } from '../../apps/cli/src/proof/proof-source.js';
import { BenchError } from '../bench-error.js';
import { LOG_KEYS } from '../log/sign-log.js';
import { answerTimes, warmUp, type AnswerTimes } from './answer-times.js';
import { below } from './questions.js';

/**
 * Proofs of entries at random, one after the other, each made as `hjemmel proof` makes it from MongoDB, but for the
 * program's start: by one reader, which keeps what it read. Each is then verified as `hjemmel verify-proof` does, which is
 * not part of the time.
 *
 * @throws ProofError, LogFormatError or NoteError where one does not hold
 */
export async function inclusionProofs(
  connection: MongoConnection,
  size: number,
  seconds: number,
  signal: AbortSignal,
): Promise<AnswerTimes> {
  const source = mongodbSource(connection);
  return timed(seconds, signal, async () => {
    const index = below(size);
    const proof = await prove(source, index);
    return async () => verify(proof, index, size);
  });
}

/**
 * Proofs that the log of one size begins with that of another, both at random, one after the other. Each is then verified
 * against roots that another reader works out, which is not part of the time.
 *
 * @throws ProofError or LogFormatError where one does not hold
 */
export async function consistencyProofs(
  connection: MongoConnection,
  size: number,
  seconds: number,
  signal: AbortSignal,
): Promise<AnswerTimes> {
  const [log, roots] = [new MongoLogReader(connection), new MongoLogReader(connection)];
  const rootOf = (at: number): Promise<Buffer> => rootFrom(at, roots.hashReader(at));
  const signed = await log.checkpoint();
  if (signed?.size !== size || !signed.root.equals(await rootOf(size))) {
    throw new BenchError('The root of the tiles is not the one that was signed.');
  }
  return timed(seconds, signal, async () => {
    const [a, b] = [1 + below(size), 1 + below(size)];
    const [from, to] = [Math.min(a, b), Math.max(a, b)];
    const proof = await consistencyProof(from, to, log.hashReader(to));
    return async () => verifyConsistency(from, to, proof, await rootOf(from), await rootOf(to));
  });
}

/** The text of a tlog-proof, with its entry. */
async function prove(source: ProofSource, index: number): Promise<string> {
  const checkpoint = await source.checkpoint();
  if (checkpoint === null) throw new BenchError('The log has no checkpoint.');
  const { size, root } = parseCheckpoint(parseNote(checkpoint).text);
  const place = bundleOf(index, size);
  const bundle = await source.bundle(place.index, place.width);
  if (bundle === null) throw new BenchError(`The log does not have entry ${index}.`);
  const entry = decodeBundle(bundle, place.width)[index % TILE_WIDTH]!;
  const proof = await inclusionProof(index, size, source.tilesAt(size));
  verifyInclusion(index, size, leafHash(entry), proof, root);
  return formatTlogProof({ extra: entry, index, proof, checkpoint });
}

function verify(text: string, index: number, size: number): void {
  const proof = parseTlogProof(text);
  const checkpoint = parseCheckpoint(openNote(proof.checkpoint, LOG_KEYS).text);
  if (proof.extra === null || proof.index !== index || checkpoint.size !== size) {
    throw new BenchError(`The proof of entry ${index} in the log of ${size} entries is of something else.`);
  }
  verifyInclusion(index, size, leafHash(proof.extra), proof.proof, checkpoint.root);
}

/** @param prove makes one proof, and gives what verifies it */
async function timed(
  seconds: number,
  signal: AbortSignal,
  prove: () => Promise<() => Promise<void>>,
): Promise<AnswerTimes> {
  await timedFor(warmUp(seconds), signal, prove);
  const delays = await timedFor(seconds, signal, prove);
  return answerTimes(delays, delays.reduce((sum, delay) => sum + delay, 0) / 1_000);
}

/** ms that each proof took, verification left out. */
async function timedFor(
  seconds: number,
  signal: AbortSignal,
  prove: () => Promise<() => Promise<void>>,
): Promise<number[]> {
  const delays: number[] = [];
  const end = performance.now() + seconds * 1_000;
  do {
    signal.throwIfAborted();
    const started = performance.now();
    const verifyIt = await prove();
    delays.push(performance.now() - started);
    await verifyIt();
  } while (performance.now() < end);
  return delays;
}
