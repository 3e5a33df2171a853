import 'reflect-metadata';
import { defaultRegistersDir, loadTransferLaw, RegisterError, RegisterWatch } from '#libs/register';
import { runService } from '#libs/service';
import { StreamFault, TaskStream } from '#libs/stream';
import { VaultError } from '#libs/subjects';
import { DatabaseNotPrepared } from '#libs/trail';
import { AuditorModule } from './auditor.module.js';
import { readSettings } from './settings.js';

await runService({
  name: 'auditor',
  misuses: [RegisterError, StreamFault, VaultError, DatabaseNotPrepared],
  finishing: 'the batches under way',
  async prepare(log, fail) {
    const settings = readSettings(process.env);
    const dir = settings.registers ?? defaultRegistersDir();
    const registers = await RegisterWatch.open(dir, { pollMs: settings.registersPollMs, log });
    return {
      module: AuditorModule.with(settings, registers, loadTransferLaw(), log),
      port: settings.port,
      configure(app) {
        const stream = app.get(TaskStream);
        stream.on('fatal', fail);
        app.connectMicroservice({ strategy: stream });
      },
      started: (app) => app.startAllMicroservices(),
    };
  },
});
