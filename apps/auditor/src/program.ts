import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { INestApplication } from '@nestjs/common';
import pino from 'pino';
import { loadRegisters, loadTransferLaw, RegisterError, defaultRegistersDir } from '#libs/register';
import { StreamFault, TaskStream } from '#libs/stream';
import type { Rulebook } from './audit-batch.js';
import { AuditorModule } from './auditor.module.js';
import { NestLogger } from './nest-logger.js';
import { readSettings, SettingsError } from './settings.js';

const log = pino({ name: 'auditor', base: null, level: process.env.LOG_LEVEL ?? 'info' });

/** The command or the set-up is wrong: starting again does not help. */
const MISUSE = 2;
const FAULT = 1;
const MISUSES = [SettingsError, RegisterError, StreamFault];

let app: INestApplication | null = null;
let ending: Promise<void> | null = null;

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    log.info({ signal }, 'stopping: finishing the batches under way');
    end(0);
  });
}
process.on('unhandledRejection', (fault) => fail(fault));

await start().catch(fail);

async function start(): Promise<void> {
  const settings = readSettings(process.env);
  const rulebook: Rulebook = {
    registers: await loadRegisters(settings.registers ?? defaultRegistersDir()),
    law: loadTransferLaw(),
  };
  app = await NestFactory.create(AuditorModule.with(settings, rulebook, log), { logger: new NestLogger(log) });
  const stream = app.get(TaskStream);
  stream.on('fatal', fail);
  app.connectMicroservice({ strategy: stream });
  if (settings.port !== null) {
    await app.listen(settings.port);
    log.info({ url: await app.getUrl() }, 'health and metrics are served');
  } else {
    await app.init();
  }
  await app.startAllMicroservices();
}

/** Says what is wrong, one line a fault, and ends. */
function fail(fault: unknown): void {
  if (ending !== null && process.exitCode !== 0) return;
  if (fault instanceof SettingsError) for (const line of fault.faults) log.fatal(line);
  else log.fatal(fault instanceof Error ? fault.message : String(fault));
  end(MISUSES.some((kind) => fault instanceof kind) ? MISUSE : FAULT);
}

function end(code: number): void {
  process.exitCode = code;
  ending ??= (app?.close() ?? Promise.resolve())
    .catch((fault: Error) => {
      log.error(fault.message);
      process.exitCode = FAULT;
    })
    .then(() => {
      log.info({}, 'stopped');
      process.exit();
    });
}
