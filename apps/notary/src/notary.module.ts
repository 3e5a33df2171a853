import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, Provider } from '@nestjs/common';
import type { Logger } from 'pino';
import { MongoConnection, MongoLogReader, MongoLogWriter } from '#libs/trail';
import { TriageBook, TriageStore } from '#libs/triage';
import { prepareViews, Projector, recurred } from '#libs/views';
import { Metrics } from './metrics.js';
import { NotaryLoop } from './notary-loop.js';
import { Notary } from './notary.js';
import { RoundWatch } from './round-watch.js';
import type { NotarySettings } from './settings.js';
import { StatusController } from './status.controller.js';
import { Recurrence } from './views/recurrence.js';
import { ViewLoop } from './views/view-loop.js';
import { Witness } from './witness/witness.js';
import { Witnesses } from './witness/witnesses.js';

/** Wires the notary by its settings; what has a life cycle is made here, everything else is a plain function. */
@Module({})
export class NotaryModule implements OnApplicationShutdown {
  constructor(
    @Inject(MongoConnection) private readonly mongodb: MongoConnection,
    @Inject(NotaryLoop) private readonly loop: NotaryLoop,
  ) {}

  static with(settings: NotarySettings, log: Logger): DynamicModule {
    const mongodb = new MongoConnection(settings.mongodbUri, 'hjemmel-notary', log);
    const { watch } = mongodb;
    const store = new MongoLogWriter(mongodb);
    // What is proved must be what is stored, so nothing is kept in memory.
    const reader = new MongoLogReader(mongodb, { cacheBytes: 0 });
    const tilesAt = (size: number) => reader.hashReader(size);
    const metrics = new Metrics(() => watch.up);
    const rounds = new RoundWatch();
    const notary = new Notary({ log: store, tilesAt }, settings.identity, (blocks) => metrics.found(blocks));
    const witnesses = new Witnesses(
      settings.witnessUrls.map(
        (url) => new Witness({ url, keys: settings.witnessKeys, store, tilesAt, watch, metrics, log }),
      ),
    );
    const keys = settings.identity.signers.map(({ verifierKey }) => verifierKey);
    const triage = new TriageStore(mongodb);
    const recurrence = new Recurrence(new TriageBook(triage), triage, (resolved) => recurred(mongodb, resolved));
    const projector = new Projector(mongodb, reader, () => log.info({}, 'building the read models from the log'));
    const views = new ViewLoop({ projector, recurrence, watch, metrics, log });
    const { intervalMs } = settings;
    const loop = new NotaryLoop({
      ...{ notary, store, keys, witnesses, views, watch, rounds, metrics, intervalMs, log },
      prepareViews: async () => {
        await prepareViews(mongodb);
        await triage.prepare();
      },
    });
    const providers: Provider[] = [
      { provide: MongoConnection, useValue: mongodb },
      { provide: Metrics, useValue: metrics },
      { provide: RoundWatch, useValue: rounds },
      { provide: NotaryLoop, useValue: loop },
    ];
    return { module: NotaryModule, providers, controllers: [StatusController] };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await this.mongodb.close();
  }
}
