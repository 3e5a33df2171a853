/** That a finding occurred, was recorded and is of a shape; with `n` -1: that it is so no longer. Times are ms since the epoch. */
export interface Moment {
  readonly occurredAt: number;
  readonly recordedAt: number;
  readonly shape: number;
  readonly n: 1 | -1;
}

/** By which of its times a finding is looked for. */
export type MomentTime = 'occurred' | 'recorded';

/** Moments that lie in one hour, packed. */
export interface HourOfMoments {
  readonly by: MomentTime;
  /** Since the epoch. */
  readonly hour: number;
  readonly bytes: Buffer;
}

export const HOUR_MS = 3_600_000;

/** ms within the hour, number of the shape (uint32 each), n (int32), the other time in ms (float64); little endian. */
const MOMENT_BYTES = 20;

export function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS);
}

/** Packs moments by the hours that they lie in, by each of their times. */
export function packMoments(moments: readonly Moment[]): HourOfMoments[] {
  return [...packBy('occurred', moments), ...packBy('recorded', moments)];
}

function* packBy(by: MomentTime, moments: readonly Moment[]): Generator<HourOfMoments> {
  const at = ({ occurredAt, recordedAt }: Moment) => (by === 'occurred' ? occurredAt : recordedAt);
  for (const [hour, some] of Map.groupBy(moments, (moment) => hourOf(at(moment)))) {
    const bytes = Buffer.alloc(some.length * MOMENT_BYTES);
    for (const [i, moment] of some.entries()) {
      const { occurredAt, recordedAt, shape, n } = moment;
      const place = i * MOMENT_BYTES;
      bytes.writeUInt32LE(at(moment) - hour * HOUR_MS, place);
      bytes.writeUInt32LE(shape, place + 4);
      bytes.writeInt32LE(n, place + 8);
      bytes.writeDoubleLE(by === 'occurred' ? recordedAt : occurredAt, place + 12);
    }
    yield { by, hour, bytes };
  }
}

/**
 * Visits packed moments.
 *
 * @param visit told the time that they are packed by, and the other one, ms
 */
export function forEachMoment(
  { hour, bytes }: { readonly hour: number; readonly bytes: Uint8Array },
  visit: (shape: number, at: number, other: number, n: number) => void,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let place = 0; place < bytes.length; place += MOMENT_BYTES) {
    const at = hour * HOUR_MS + view.getUint32(place, true);
    const other = view.getFloat64(place + 12, true);
    visit(view.getUint32(place + 4, true), at, other, view.getInt32(place + 8, true));
  }
}
