import { Controller, Get, Header, ServiceUnavailableException } from '@nestjs/common';
import { MongoConnection } from '#libs/trail';
import { KafkaWatch } from './kafka-watch.js';
import { Metrics } from './metrics.js';

/** Health for orchestrators, metrics for Prometheus. */
@Controller()
export class StatusController {
  constructor(
    private readonly kafka: KafkaWatch,
    private readonly mongodb: MongoConnection,
    private readonly metrics: Metrics,
  ) {}

  /** The process runs. */
  @Get('health/live')
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** Kafka and MongoDB answer; 503 while one does not. */
  @Get('health/ready')
  ready(): { status: string; kafka: boolean; mongodb: boolean } {
    const parts = { kafka: this.kafka.up, mongodb: this.mongodb.watch.up };
    if (!parts.kafka || !parts.mongodb) throw new ServiceUnavailableException({ status: 'waiting', ...parts });
    return { status: 'ok', ...parts };
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  scrape(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
