import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import pino from 'pino';
import { ApiModule } from '../api.module.js';
import { installHttp } from '../http/install.js';
import { readSettings } from '../settings.js';

/** The api in this process, for tests. */
export interface RunningApi {
  readonly url: string;
  /** Its routes under /api/v1 as its router has them: `GET /api/v1/findings/:id`. */
  readonly routes: readonly string[];
  close(): Promise<void>;
}

/** Of Express's router, what is looked at. */
interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
}

/** @param env its settings */
export async function runApi(env: Readonly<Record<string, string>>): Promise<RunningApi> {
  const settings = readSettings({ HJEMMEL_RATE_LIMIT: '1000000', ...env });
  const quiet = pino({ level: 'silent' });
  const fail = (fault: unknown) => {
    throw fault;
  };
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.with(settings, quiet, fail), {
    logger: false,
  });
  installHttp(app, settings.http);
  await app.listen(0, '127.0.0.1');
  return { url: await app.getUrl(), routes: routesOf(app), close: () => app.close() };
}

function routesOf(app: NestExpressApplication): string[] {
  const { router } = app.getHttpAdapter().getInstance() as unknown as { router: { stack: readonly Layer[] } };
  return router.stack
    .flatMap(({ route }) => (route === undefined ? [] : [route]))
    .flatMap(({ path, methods }) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`))
    .filter((route) => / \/api\/v1(\/|$)/i.test(route));
}
