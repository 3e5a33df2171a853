import { formatAddCheckpoint, NoteError, parseCosignatureLines } from '#libs/log';
import type { AddCheckpoint } from '#libs/log';

/** What a witness answers to a checkpoint (C2SP tlog-witness, "add-checkpoint"). */
export type WitnessAnswer =
  /** `lines`: signature lines, well-formed and not verified. */
  | { readonly kind: 'cosigned'; readonly lines: ReturnType<typeof parseCosignatureLines> }
  /** It has cosigned another size than we took it to have. */
  | { readonly kind: 'conflict'; readonly size: number }
  /** It will not cosign this; `why` in one sentence. */
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }
  /** It does not answer, or not sensibly; asking again may help. */
  | { readonly kind: 'away'; readonly why: string };

const TIMEOUT_MS = 10_000;
/** A cosignature has some hundred bytes; post-quantum ones some thousand. */
const MOST_BYTES = 64 * 1_024;
const SIZE = /^(0|[1-9][0-9]{0,15})\n$/;

/** What statuses mean that further asking does not change. */
const REFUSALS: Readonly<Record<number, string>> = {
  400: 'it does not understand what we send',
  403: 'it does not know the key that this log is signed with',
  404: 'it does not know this log',
  422: 'it was shown another history of this log: the log was forked, or changed',
};

/**
 * Gives a checkpoint to a witness.
 *
 * @param prefix submission prefix, without a trailing slash
 */
export async function addCheckpoint(
  prefix: string,
  request: AddCheckpoint,
  signal: AbortSignal,
): Promise<WitnessAnswer> {
  try {
    const response = await fetch(`${prefix}/add-checkpoint`, {
      method: 'POST',
      body: formatAddCheckpoint(request),
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    return understand(response.status, await bounded(response));
  } catch (fault) {
    const cause = fault instanceof Error && fault.cause instanceof Error ? fault.cause : fault;
    return { kind: 'away', why: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** What an answer means. */
export function understand(status: number, body: string): WitnessAnswer {
  if (status === 200) {
    try {
      return { kind: 'cosigned', lines: parseCosignatureLines(body) };
    } catch (fault) {
      if (!(fault instanceof NoteError)) throw fault;
      return { kind: 'away', why: fault.message };
    }
  }
  if (status === 409) {
    const size = SIZE.test(body) ? Number(body) : NaN;
    if (!Number.isSafeInteger(size)) return { kind: 'away', why: 'it answered 409 without a size' };
    return { kind: 'conflict', size };
  }
  const why = REFUSALS[status];
  return why === undefined ? { kind: 'away', why: `it answered ${status}` } : { kind: 'refused', status, why };
}

async function bounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> | readonly Uint8Array[] = response.body ?? [];
  for await (const part of body) {
    parts.push(part);
    length += part.length;
    if (length > MOST_BYTES) throw new Error(`its answer has more than ${MOST_BYTES} bytes`);
  }
  return Buffer.concat(parts).toString('utf8');
}
