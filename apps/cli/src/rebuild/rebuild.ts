import { DamagedTrail, DatabaseNotPrepared, MongoConnection, MongodbFault, MongoLogReader } from '#libs/trail';
import { prepareViews, rebuild, SetTaken, type RebuildProgress } from '#libs/views';
import { progressBar, type ProgressBar } from '../progress-bar.js';
import { mongodbUri } from '../settings.js';
import { UsageError } from '../usage-error.js';

const MISUSES = [DatabaseNotPrepared, MongodbFault];
const PHASES = {
  clearing: ['Clearing', 'documents'],
  building: ['Building', 'entries'],
} as const;

/** Makes the read models anew; false where that is not possible. */
export async function rebuildViews(): Promise<boolean> {
  const quiet = { info: () => undefined, warn: () => undefined };
  const mongodb = new MongoConnection(mongodbUri('notary'), 'hjemmel-rebuild', quiet);
  const bars = new Map<string, ProgressBar>();
  let shown: ProgressBar | undefined;
  const onProgress = ({ phase, ...progress }: RebuildProgress): void => {
    const [what, unit] = PHASES[phase];
    let bar = bars.get(phase);
    if (bar === undefined) {
      shown?.end();
      bars.set(phase, (bar = progressBar(what, unit)));
    }
    shown = bar;
    bar.update(progress);
  };
  const started = performance.now();
  try {
    const through = await mongodb.attempt(async () => {
      await prepareViews(mongodb);
      return rebuild(mongodb, new MongoLogReader(mongodb, { cacheBytes: 0 }), onProgress);
    });
    shown?.end();
    const seconds = ((performance.now() - started) / 1_000).toFixed(1);
    process.stdout.write(
      `The read models were made anew from ${through.toLocaleString('en')} entries, in ${seconds} s.\n`,
    );
    return true;
  } catch (fault) {
    shown?.end();
    if (MISUSES.some((kind) => fault instanceof kind)) throw new UsageError((fault as Error).message);
    if (!(fault instanceof DamagedTrail) && !(fault instanceof SetTaken)) throw fault;
    process.stderr.write(`The read models stay as they were: ${fault.message}\n`);
    return false;
  } finally {
    await mongodb.close();
  }
}
