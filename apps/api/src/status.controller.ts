import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { Metrics } from './metrics.js';
import { MongoGate } from './mongo-gate.js';

/** Health for orchestrators, metrics for Prometheus. */
@Controller()
export class StatusController {
  constructor(
    private readonly mongodb: MongoGate,
    private readonly metrics: Metrics,
  ) {}

  /** The process runs. */
  @Get('health/live')
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** MongoDB answers; 503 while it does not. */
  @Get('health/ready')
  ready(): { status: string; mongodb: boolean } {
    if (!this.mongodb.up) throw new ServiceUnavailableException({ status: 'waiting', mongodb: false });
    return { status: 'ok', mongodb: true };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  scrape(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
