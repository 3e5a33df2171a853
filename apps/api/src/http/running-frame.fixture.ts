import { Module } from '@nestjs/common';
import type { CanActivate, DynamicModule, ExecutionContext, Provider, Type } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, HttpAdapterHost, NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request } from 'express';
import pino from 'pino';
import { ACCESS, type Access } from '../access/access.js';
import { admit } from '../access/person.js';
import { Metrics } from '../metrics.js';
import { OPENAPI, OpenApiController } from '../v1/openapi/openapi.controller.js';
import { Description } from './described.fixture.js';
import type { OpenApiDocument } from './described.fixture.js';
import { RouteFrame } from './frame.js';
import { installHttp } from './install.js';
import { RateLimit } from './limits.js';
import { describeRoutes } from './openapi.js';
import { ProblemFilter } from './problem-filter.js';
import { Problem } from './problem.js';
import { specOf } from './route.js';
import { methodsByPath, routesOf } from './routes.js';

/** The frame of the api around a test's own controllers. */
export interface RunningFrame {
  readonly url: string;
  readonly description: Description;
  /** What it wrote into its log, as JSON lines. */
  readonly log: readonly string[];
  close(): Promise<void>;
}

export interface FrameOptions {
  readonly rateLimit?: number;
  /** ms */
  readonly answerWithin?: number;
  readonly dashboard?: string;
  /** How people log in; left out: they cannot. */
  readonly access?: Access;
  readonly trustedProxies?: readonly string[];
}

@Module({})
class FrameModule {}

/** Admits whoever gives a name in the header `x-test-person`. */
class TestGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const name = request.get('x-test-person');
    if (specOf(context.getHandler())?.public === true) return true;
    if (name === undefined) throw new Problem('unauthenticated');
    const person = { subject: name, name, roles: new Set(['dashboard'] as const), controllers: 'all' } as const;
    admit(request, { person, csrfToken: null, until: Infinity });
    return true;
  }
}

/** Runs the frame without anything behind it. */
export async function runFrame(controllers: readonly Type[], options: FrameOptions = {}): Promise<RunningFrame> {
  const { rateLimit = 1_000_000, answerWithin, dashboard = '/nowhere', trustedProxies = [], access = null } = options;
  const lines: string[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  const all = [...controllers, OpenApiController];
  const routes = routesOf(all);
  const document = describeRoutes(routes, { issuer: null, cookie: 'session' });
  const limit = new RateLimit(rateLimit);
  const providers: Provider[] = [
    { provide: Metrics, useValue: new Metrics({ logSize: () => 0, mongodbUp: () => true }) },
    { provide: OPENAPI, useValue: document },
    { provide: ACCESS, useValue: access },
    {
      provide: APP_FILTER,
      inject: [HttpAdapterHost],
      useFactory: ({ httpAdapter }: HttpAdapterHost) =>
        new ProblemFilter(methodsByPath(routes), limit, log, httpAdapter),
    },
    { provide: APP_INTERCEPTOR, useValue: new RouteFrame(answerWithin) },
    { provide: APP_GUARD, useValue: new TestGuard() },
    { provide: APP_GUARD, useValue: limit },
  ];
  const module: DynamicModule = { module: FrameModule, providers, controllers: all };
  const app = await NestFactory.create<NestExpressApplication>(module, { logger: false });
  installHttp(app, { rateLimit, dashboard, trustedProxies });
  await app.listen(0, '127.0.0.1');
  const description = new Description(document as unknown as OpenApiDocument);
  return { url: await app.getUrl(), description, log: lines, close: () => app.close() };
}
