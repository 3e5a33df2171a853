import type { Collection } from 'mongodb';
import { forEachMoment, hourOf, type MomentTime } from '../moments.js';
import type { HourDocument } from '../store/documents.js';
import type { TimeRange } from './filter.js';

/** Which moments: those of at least `from` and before `to` by one time, ms, and within a range by the other one. */
export interface MomentRange {
  readonly by: MomentTime;
  readonly from: number;
  readonly to: number;
  readonly other: TimeRange;
}

/** ms after which MongoDB gives a question up, and after which we do: longer than anybody waits for an answer. */
const WITHIN_MS = 15_000;
const GIVEN_UP_MS = 25_000;
/** Hours may have megabytes where everything is found wrong. */
const HOURS_AT_ONCE = 16;

/** Tells when findings occurred and were recorded, from the hours that they are packed in. */
export class MomentReader {
  constructor(private readonly hours: Collection<HourDocument>) {}

  /**
   * Visits moments. Throws where MongoDB is away.
   *
   * @param visit told the shape, n as it is to be added up, and the time that the range is of, ms
   */
  async forEach(
    { by, from, to, other }: MomentRange,
    visit: (shape: number, n: number, at: number) => void,
  ): Promise<void> {
    const { from: otherFrom = -Infinity, to: otherTo = Infinity } = other;
    const first = { by, hour: hourOf(from), part: 0 };
    const end = { by, hour: hourOf(to - 1) + 1, part: 0 };
    const found = this.hours.find(
      { _id: { $gte: first, $lt: end } },
      {
        maxTimeMS: WITHIN_MS,
        batchSize: HOURS_AT_ONCE,
        signal: AbortSignal.timeout(GIVEN_UP_MS),
      },
    );
    for await (const { _id, moments } of found) {
      for (const packed of moments) {
        forEachMoment({ hour: _id.hour, bytes: packed.value() }, (shape, at, otherTime, n) => {
          if (at >= from && at < to && otherTime >= otherFrom && otherTime < otherTo) visit(shape, n, at);
        });
      }
    }
  }
}
