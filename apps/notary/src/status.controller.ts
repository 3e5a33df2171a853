import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { MongoConnection } from '#libs/trail';
import { Metrics } from './metrics.js';
import { RoundWatch } from './round-watch.js';

/** Health for orchestrators, metrics for Prometheus. */
@Controller()
export class StatusController {
  constructor(
    private readonly mongodb: MongoConnection,
    private readonly rounds: RoundWatch,
    private readonly metrics: Metrics,
  ) {}

  /** The process runs. */
  @Get('health/live')
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** MongoDB answers, and blocks are looked for and signed; 503 while not. */
  @Get('health/ready')
  ready(): { status: string; mongodb: boolean; signing: boolean } {
    const parts = { mongodb: this.mongodb.watch.up, signing: this.rounds.turning() };
    if (!parts.mongodb || !parts.signing) throw new ServiceUnavailableException({ status: 'waiting', ...parts });
    return { status: 'ok', ...parts };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  scrape(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
