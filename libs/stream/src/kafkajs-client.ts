import kafkajs from 'kafkajs';
import type { KafkaConfig, RetryOptions } from 'kafkajs';
import { registerCompression } from './compression.js';
import type { StreamLog } from './log.js';
import type { KafkaSettings } from './settings.js';

const { Kafka, logLevel } = kafkajs;

/** A fault should be told within seconds; who waits longer does so above, in the open. */
const RETRY: RetryOptions = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4 };

/** A kafkajs client by our settings. What kafkajs logs goes to `debug`: faults are told by who meets them. */
export function createKafka(settings: KafkaSettings, log: StreamLog): InstanceType<typeof Kafka> {
  registerCompression();
  const config: KafkaConfig = {
    brokers: [...settings.brokers],
    clientId: settings.clientId,
    ssl: settings.ssl,
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    retry: RETRY,
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log: entry }) =>
        log.debug({ kafkajs: namespace }, entry.message),
  };
  if (settings.sasl !== null) config.sasl = settings.sasl as NonNullable<KafkaConfig['sasl']>;
  return new Kafka(config);
}
