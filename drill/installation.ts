import { join } from 'node:path';
import { parseVerifier } from '#libs/log';
import { MongoConnection, MongoLogReader, MongoTrailReader, verifyTrail } from '#libs/trail';
import { localKeys, type Keys } from '../apps/local/src/keys.js';
import { LogWatch } from '../apps/local/src/log-watch.js';
import { serviceSpecs } from '../apps/local/src/service-specs.js';
import { startServices, type Services } from '../apps/local/src/services.js';
import { step, type OnProgress } from '../apps/local/src/stack/progress.js';
import { startStack, type Stack } from '../apps/local/src/stack/stack.js';

export interface InstallationOptions {
  readonly auditors: number;
  readonly partitions: number;
  /** Settings of the services, beside ours. */
  readonly env?: Readonly<Record<string, string>>;
  readonly kafkaProperties?: Readonly<Record<string, string>>;
  /** Keeps data and logs after the end. */
  readonly keep: boolean;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** Servers of a drill's own, and the product running on them: auditors, the notary and the api. */
export interface Installation {
  readonly stack: Stack;
  readonly services: Services;
  readonly keys: Keys;
  /** Reads as the api does. */
  readonly mongodb: MongoConnection;
  readonly trail: MongoTrailReader;
  readonly log: LogWatch;
  /** What `hjemmel verify` finds, a sentence each. */
  verify(): Promise<string[]>;
  close(): Promise<void>;
}

const FAULT_LIMIT = 10;
const QUIET = { info: () => undefined, warn: () => undefined };

/** @throws StackError where something does not come up */
export async function install(options: InstallationOptions): Promise<Installation> {
  const { auditors, partitions, env = {}, kafkaProperties, keep, onProgress, signal } = options;
  const stack = await startStack({
    partitions,
    keepData: keep,
    onProgress,
    signal,
    ...(kafkaProperties === undefined ? {} : { kafkaProperties }),
  });
  const mongodb = new MongoConnection(stack.mongoUris.api, 'hjemmel-drill', QUIET);
  const closeServers = async (): Promise<void> => {
    await mongodb.close();
    await stack.stop();
  };
  try {
    const keys = localKeys(join(stack.dir, 'keys'), {});
    const specs = serviceSpecs(stack, keys, { auditors }, { ...process.env, PORT: '', ...env });
    const services = await step(onProgress, 'Starting auditors, the notary and the api', () =>
      startServices(join(stack.dir, 'apps'), specs),
    );
    return {
      stack,
      services,
      keys,
      mongodb,
      trail: new MongoTrailReader(mongodb),
      log: new LogWatch(`${services.urls['api']}/log`, keys.verifierKeys, new MongoLogReader(mongodb)),
      async verify() {
        const trust = { keys: keys.verifierKeys.map(parseVerifier), witnesses: [] };
        const report = await verifyTrail(mongodb.db, { trust, held: null, faultLimit: FAULT_LIMIT });
        const faults = report.faults.map(({ where, message }) => `hjemmel verify: ${where}: ${message}`);
        return report.proved || faults.length > 0 ? faults : ['hjemmel verify does not prove the trail'];
      },
      async close() {
        await services.stop();
        await closeServers();
      },
    };
  } catch (error) {
    await closeServers();
    throw error;
  }
}
