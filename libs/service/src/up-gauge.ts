import { Gauge, type Registry } from 'prom-client';

/** Registers a Prometheus gauge that is 1 while `up()` and else 0. */
export function upGauge(name: string, help: string, up: () => boolean, registry: Registry): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(up() ? 1 : 0);
    },
  });
}
