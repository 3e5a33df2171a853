import { NestFactory } from '@nestjs/core';
import type { DynamicModule, INestApplication } from '@nestjs/common';
import pino from 'pino';
import type { Logger } from 'pino';
import { NestLogger } from './nest-logger.js';
import { nodeFault } from './node-version.js';
import { SettingsError } from './settings.js';

/** The command or the set-up is wrong: starting again does not help. */
const MISUSE = 2;
const FAULT = 1;

/** A service as a program: what it is made of, and how it begins. */
export interface Service {
  /** In the log. */
  readonly name: string;
  /** Faults of the set-up besides `SettingsError`: the exit code is then 2, else 1. */
  readonly misuses?: readonly (abstract new (...args: never[]) => Error)[];
  /** Said when it is asked to stop; what is being finished. */
  readonly finishing: string;
  /**
   * Reads settings and gives the module and the port to listen on (null: none).
   *
   * @param fail ends the program by a fault that comes up later
   */
  readonly prepare: (log: Logger, fail: (fault: unknown) => void) => Promise<Prepared>;
}

interface Prepared {
  readonly module: DynamicModule;
  readonly port: number | null;
  /** Between the application's creation and listening. */
  readonly configure?: (app: INestApplication) => void;
  /** After listening. */
  readonly started?: (app: INestApplication) => Promise<unknown>;
}

/**
 * Runs a Nest application as this process: JSON lines on standard output at LOG_LEVEL, one line for each fault and no
 * stack trace, a clean end on SIGTERM and SIGINT. Exit code 0: asked to stop; 1: a fault; 2: wrong settings or set-up.
 */
export async function runService({ name, misuses = [], finishing, prepare }: Service): Promise<void> {
  const level = process.env['LOG_LEVEL'] || 'info';
  const levels = [...Object.keys(pino.levels.values), 'silent'];
  const log = pino({ name, base: null, level: levels.includes(level) ? level : 'info' });
  let app: INestApplication | null = null;
  let ending: Promise<void> | null = null;

  const end = (code: number): void => {
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
  };
  const fail = (fault: unknown): void => {
    if (ending !== null && process.exitCode !== 0) return;
    if (fault instanceof SettingsError) for (const line of fault.faults) log.fatal(line);
    else log.fatal(fault instanceof Error ? fault.message : String(fault));
    end([SettingsError, ...misuses].some((kind) => fault instanceof kind) ? MISUSE : FAULT);
  };

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      log.info({ signal }, `stopping: finishing ${finishing}`);
      end(0);
    });
  }
  process.on('unhandledRejection', fail);

  try {
    const tooOld = nodeFault(process.versions.node);
    if (tooOld !== null) throw new SettingsError([tooOld]);
    if (!levels.includes(level)) throw new SettingsError([`LOG_LEVEL: \`${level}\` is none of ${levels.join(', ')}.`]);
    const { module, port, configure, started } = await prepare(log, fail);
    app = await NestFactory.create(module, { logger: new NestLogger(log) });
    configure?.(app);
    if (port === null) await app.init();
    else await listen(app, port, log);
    await started?.(app);
  } catch (fault) {
    fail(fault);
  }
}

async function listen(app: INestApplication, port: number, log: Logger): Promise<void> {
  try {
    await app.listen(port);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw fault;
    throw new SettingsError([`PORT: port ${port} is in use by another program; give another one.`]);
  }
  log.info({ url: await app.getUrl() }, 'listening');
}
