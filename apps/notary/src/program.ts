import 'reflect-metadata';
import { runService } from '#libs/service';
import { DatabaseNotPrepared } from '#libs/trail';
import { NotaryLoop } from './notary-loop.js';
import { NotaryModule } from './notary.module.js';
import { readSettings } from './settings.js';

await runService({
  name: 'notary',
  misuses: [DatabaseNotPrepared],
  finishing: 'the checkpoint under way',
  async prepare(log, fail) {
    const settings = readSettings(process.env);
    return {
      module: NotaryModule.with(settings, log),
      port: settings.port,
      started: async (app) => app.get(NotaryLoop).start(fail),
    };
  },
});
