import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Nest's own messages in a service's log: only what is wrong. */
export class NestLogger implements LoggerService {
  constructor(private readonly to: Logger) {}

  log(): void {}

  warn(message: unknown): void {
    this.to.warn({ from: 'nest' }, String(message));
  }

  error(message: unknown): void {
    this.to.error({ from: 'nest' }, message instanceof Error ? message.message : String(message));
  }
}
