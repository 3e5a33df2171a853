import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, OnApplicationShutdown, Provider } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, HttpAdapterHost } from '@nestjs/core';
import type { Logger } from 'pino';
import { MongoConnection, MongoLogReader, MongoRegisterArchive } from '#libs/trail';
import { ACCESS, accessOf } from './access/access.js';
import { AccessGuard } from './access/access.guard.js';
import { AuthController } from './access/auth.controller.js';
import { ControllersController } from './access/controllers.controller.js';
import { IdentityProvider } from './access/identity-provider.js';
import { MeController } from './access/me.controller.js';
import { RouteFrame } from './http/frame.js';
import { RateLimit } from './http/limits.js';
import { describeRoutes } from './http/openapi.js';
import { ProblemFilter } from './http/problem-filter.js';
import { methodsByPath, routesOf } from './http/routes.js';
import { LOG, LogController } from './log/log.controller.js';
import { ServedCheckpoint } from './log/served-checkpoint.js';
import { Metrics } from './metrics.js';
import { MongoGate } from './mongo-gate.js';
import type { ApiSettings } from './settings.js';
import { StatusController } from './status.controller.js';
import { DESK_CONTROLLERS, deskProviders } from './v1/desk.js';
import { ExportsController } from './v1/exports/exports.controller.js';
import { OPENAPI, OpenApiController } from './v1/openapi/openapi.controller.js';
import { RegisterShelf } from './v1/registers/register-shelf.js';
import { RegistersController } from './v1/registers/registers.controller.js';

/** Where there is nobody to give one out. */
const NO_COOKIE = 'hjemmel-session';

/** Everything that answers requests. */
export const CONTROLLERS = [
  LogController,
  StatusController,
  OpenApiController,
  AuthController,
  MeController,
  ControllersController,
  RegistersController,
  ExportsController,
  ...DESK_CONTROLLERS,
];

/** Wires the api by its settings; what has a life cycle is made here, everything else is a plain function. */
@Module({})
export class ApiModule implements OnApplicationShutdown {
  constructor(@Inject(MongoConnection) private readonly mongodb: MongoConnection) {}

  /** @param fail ends the program */
  static with(settings: ApiSettings, log: Logger, fail: (fault: unknown) => void): DynamicModule {
    const mongodb = new MongoConnection(settings.mongodbUri, 'hjemmel-api', log);
    const gate = new MongoGate(mongodb, fail);
    const reader = new MongoLogReader(mongodb, { cacheBytes: settings.logCacheBytes });
    const served = new ServedCheckpoint(reader);
    const archive = new MongoRegisterArchive(mongodb);
    const routes = routesOf(CONTROLLERS);
    const limit = new RateLimit(settings.http.rateLimit);
    const access = settings.access === null ? null : accessOf(settings.access, log);
    const metrics = new Metrics({ logSize: () => served.size, mongodbUp: () => gate.up });
    const providers: Provider[] = [
      { provide: MongoConnection, useValue: mongodb },
      { provide: MongoGate, useValue: gate },
      { provide: MongoLogReader, useValue: reader },
      { provide: ServedCheckpoint, useValue: served },
      { provide: Metrics, useValue: metrics },
      { provide: LOG, useValue: log },
      { provide: ACCESS, useValue: access },
      ...(access === null ? [] : [{ provide: IdentityProvider, useValue: access.provider }]),
      { provide: RegisterShelf, useValue: new RegisterShelf(archive, settings.registers) },
      ...deskProviders({ mongodb, gate, reader, log }),
      {
        provide: OPENAPI,
        useValue: describeRoutes(routes, {
          issuer: settings.access?.issuer ?? null,
          cookie: access?.sessions.name ?? NO_COOKIE,
        }),
      },
      {
        provide: APP_FILTER,
        inject: [HttpAdapterHost],
        useFactory: ({ httpAdapter }: HttpAdapterHost) =>
          new ProblemFilter(methodsByPath(routes), limit, log, httpAdapter),
      },
      { provide: APP_INTERCEPTOR, useValue: new RouteFrame() },
      // Guards ask in this order: what somebody may ask for is counted by who it is.
      { provide: APP_GUARD, useClass: AccessGuard },
      { provide: APP_GUARD, useValue: limit },
    ];
    return { module: ApiModule, providers, controllers: CONTROLLERS };
  }

  /** Runs after the last request was answered. */
  async onApplicationShutdown(): Promise<void> {
    await this.mongodb.close();
  }
}
