import 'reflect-metadata';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { runService } from '#libs/service';
import { ApiModule } from './api.module.js';
import { boundConnections } from './connections.js';
import { installHttp } from './http/install.js';
import { readSettings } from './settings.js';

await runService({
  name: 'api',
  finishing: 'the requests under way',
  async prepare(log, fail) {
    const settings = readSettings(process.env);
    return {
      module: ApiModule.with(settings, log, fail),
      port: settings.port,
      configure(app) {
        boundConnections(app as NestExpressApplication);
        installHttp(app as NestExpressApplication, settings.http);
      },
    };
  },
});
