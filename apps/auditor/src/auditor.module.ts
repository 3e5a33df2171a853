import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, Provider } from '@nestjs/common';
import type { Logger } from 'pino';
import { DeadLetters, KafkajsSource, SchemaRegistry, TaskStream } from '#libs/stream';
import { SUBJECT_DEFAULTS, SubjectStore } from '#libs/subjects';
import type { RegisterWatch, TransferLaw } from '#libs/register';
import { MongoConnection, MongoRegisterArchive, MongoTrailWriter } from '#libs/trail';
import { Auditor } from './auditor.js';
import { KafkaWatch } from './kafka-watch.js';
import { Metrics } from './metrics.js';
import { RegisterBook } from './register-book.js';
import type { AuditorSettings } from './settings.js';
import { StatusController } from './status.controller.js';
import { TaskController } from './task.controller.js';

/** Wires the auditor by its settings; what has a life cycle is made here, everything else is a plain function. */
@Module({})
export class AuditorModule implements OnApplicationShutdown {
  constructor(
    @Inject(MongoConnection) private readonly mongodb: MongoConnection,
    @Inject(DeadLetters) private readonly deadLetters: DeadLetters,
    @Inject(RegisterBook) private readonly book: RegisterBook,
  ) {}

  /** @param watch holds the registers; started here */
  static with(settings: AuditorSettings, watch: RegisterWatch, law: TransferLaw, log: Logger): DynamicModule {
    const mongodb = new MongoConnection(settings.mongodbUri, 'hjemmel-auditor', log);
    const stream = new TaskStream(settings.stream, new KafkajsSource(settings.stream, log), log);
    const kafka = new KafkaWatch(stream);
    const metrics: Metrics = new Metrics({
      lags: () => stream.lags(),
      owned: () => auditor.owned,
      kafkaUp: () => kafka.up,
      mongodbUp: () => mongodb.watch.up,
    });
    const deadLetters = new DeadLetters(settings.stream.kafka, settings.deadLetterTopic, log);
    const book = new RegisterBook(watch.current, law, new MongoRegisterArchive(mongodb), log, (taken) =>
      metrics.taken(taken),
    );
    watch.onChange((set) => void book.take(set));
    watch.start();
    const auditor = new Auditor({
      trail: new MongoTrailWriter(mongodb),
      subjects: new SubjectStore(mongodb, settings.vaultKeys, {
        ...SUBJECT_DEFAULTS,
        cacheSubjects: settings.cacheSubjects,
      }),
      watch: mongodb.watch,
      deadLetters,
      registry: settings.schemaRegistryUrl === null ? null : new SchemaRegistry(settings.schemaRegistryUrl, log),
      maxRecordBytes: settings.maxRecordBytes,
      book,
      sweepEveryMs: settings.sweepEveryMs,
      metrics,
      log,
      now: Date.now,
      serverTime: () => mongodb.time(),
    });
    const providers: Provider[] = [
      { provide: MongoConnection, useValue: mongodb },
      { provide: TaskStream, useValue: stream },
      { provide: KafkaWatch, useValue: kafka },
      { provide: Metrics, useValue: metrics },
      { provide: DeadLetters, useValue: deadLetters },
      { provide: RegisterBook, useValue: book },
      { provide: Auditor, useValue: auditor },
    ];
    return { module: AuditorModule, providers, controllers: [TaskController, StatusController] };
  }

  /** Runs after the stream was closed. */
  async onApplicationShutdown(): Promise<void> {
    this.book.close();
    await this.deadLetters.close();
    await this.mongodb.close();
  }
}
