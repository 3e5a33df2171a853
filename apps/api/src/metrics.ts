import type { NextFunction, Request, Response } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { upGauge } from '#libs/service';

/** What is asked for, as told in metrics: never which tile, position or person. */
export type Route = 'checkpoint' | 'tile' | 'entries' | 'key' | 'api' | 'auth' | 'page' | 'other';

/** What is told of the state at the time of a scrape. */
export interface MetricSources {
  /** Entries in the newest checkpoint that was served; 0 before the first. */
  readonly logSize: () => number;
  readonly mongodbUp: () => boolean;
}

/** The api's Prometheus metrics. */
export class Metrics {
  readonly registry = new Registry();
  private readonly requests = new Counter({
    name: 'hjemmel_http_requests_total',
    help: 'Requests answered, by what was asked for and status; status 0: the client went away before the end.',
    labelNames: ['route', 'status'],
    registers: [this.registry],
  });
  private readonly seconds = new Histogram({
    name: 'hjemmel_http_request_seconds',
    help: 'From a request to the last byte of its answer.',
    labelNames: ['route'],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10],
    registers: [this.registry],
  });

  constructor({ logSize, mongodbUp }: MetricSources) {
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'hjemmel_log_size',
      help: 'Entries in the newest checkpoint served.',
      registers: [this.registry],
      collect() {
        this.set(logSize());
      },
    });
    upGauge('hjemmel_mongodb_up', '1 while MongoDB answers.', mongodbUp, this.registry);
  }

  /** Express middleware that counts a request once it is answered; handlers may name its route by `routeIs`. */
  readonly count = (_: Request, response: Response, next: NextFunction): void => {
    const started = performance.now();
    response.once('close', () => {
      const { route = 'other' } = response.locals as { route?: Route };
      this.requests.inc({ route, status: response.writableFinished ? response.statusCode : 0 });
      this.seconds.observe({ route }, (performance.now() - started) / 1_000);
    });
    next();
  };
}

/** Says what a request asks for. */
export function routeIs(response: Response, route: Route): void {
  response.locals['route'] = route;
}
