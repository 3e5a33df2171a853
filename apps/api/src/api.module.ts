import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, MiddlewareConsumer, NestModule, OnApplicationShutdown, Provider } from '@nestjs/common';
import type { Logger } from 'pino';
import { MongoConnection, MongoLogReader } from '#libs/trail';
import { LOG, LogController } from './log/log.controller.js';
import { ServedCheckpoint } from './log/served-checkpoint.js';
import { Metrics } from './metrics.js';
import { MongoGate } from './mongo-gate.js';
import type { ApiSettings } from './settings.js';
import { StatusController } from './status.controller.js';

/** Wires the api by its settings; what has a life cycle is made here, everything else is a plain function. */
@Module({})
export class ApiModule implements NestModule, OnApplicationShutdown {
  constructor(
    @Inject(MongoConnection) private readonly mongodb: MongoConnection,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  /** @param fail ends the program */
  static with(settings: ApiSettings, log: Logger, fail: (fault: unknown) => void): DynamicModule {
    const mongodb = new MongoConnection(settings.mongodbUri, 'hjemmel-api', log);
    const gate = new MongoGate(mongodb, fail);
    const reader = new MongoLogReader(mongodb, { cacheBytes: settings.logCacheBytes });
    const served = new ServedCheckpoint(reader);
    const metrics = new Metrics({ logSize: () => served.size, mongodbUp: () => gate.up });
    const providers: Provider[] = [
      { provide: MongoConnection, useValue: mongodb },
      { provide: MongoGate, useValue: gate },
      { provide: MongoLogReader, useValue: reader },
      { provide: ServedCheckpoint, useValue: served },
      { provide: Metrics, useValue: metrics },
      { provide: LOG, useValue: log },
    ];
    return { module: ApiModule, providers, controllers: [LogController, StatusController] };
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(this.metrics.count).forRoutes('*path');
  }

  /** Runs after the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.mongodb.close();
  }
}
