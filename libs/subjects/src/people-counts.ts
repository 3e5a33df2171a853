import { MaxKey, MinKey } from 'mongodb';
import type { Collection } from 'mongodb';
import pLimit from 'p-limit';
import type { MongoConnection } from '#libs/trail';
import { vaultCollections } from './collections.js';
import type { TouchDocument } from './documents.js';

/** Problems counted at the same time. */
const AT_ONCE = 4;

/** How many people problems touch; needs no key of the vault. */
export class PeopleCounts {
  private readonly touched: Collection<TouchDocument>;

  constructor({ db }: Pick<MongoConnection, 'db'>) {
    this.touched = vaultCollections(db).touched;
  }

  /**
   * The number of people that each of these problems was ever found to touch; of those erased since too. Somebody who came
   * back after having been erased is another one.
   *
   * Costs MongoDB about a millisecond for each problem and one for every thousand people: to be asked again only for problems
   * with new findings. Throws where MongoDB is away.
   */
  async counts(problems: Iterable<string>): Promise<Map<string, number>> {
    const atOnce = pLimit(AT_ONCE);
    const count = (p: string) => {
      const own = { _id: { $gte: { p, t: new MinKey() }, $lte: { p, t: new MaxKey() } } };
      return this.touched.countDocuments(own as never);
    };
    const counted = Array.from(new Set(problems), (id) => atOnce(async () => [id, await count(id)] as const));
    return new Map(await Promise.all(counted));
  }
}
