import type { KafkaSettings, SaslSettings } from './settings.js';

/** Where settings are read from, and faults in them noted; `SettingsReader` of libs/service is one. */
export interface KafkaEnvironment {
  text(name: string): string | null;
  flag(name: string): boolean;
  brokers(): string[];
  fault(sentence: string): void;
}

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

/** Reads KAFKA_BROKERS, KAFKA_SSL and KAFKA_SASL_…; what is wrong is noted as a fault. */
export function kafkaSettings(from: KafkaEnvironment, clientId: string): KafkaSettings {
  return { brokers: from.brokers(), clientId, ssl: from.flag('KAFKA_SSL'), sasl: sasl(from) };
}

function sasl(from: KafkaEnvironment): SaslSettings | null {
  const given = from.text('KAFKA_SASL_MECHANISM');
  const username = from.text('KAFKA_SASL_USERNAME');
  const password = from.text('KAFKA_SASL_PASSWORD');
  if (given === null && username === null && password === null) return null;
  const mechanism = MECHANISMS.find((name) => name === given?.toLowerCase());
  if (mechanism === undefined) from.fault(`KAFKA_SASL_MECHANISM must be one of ${MECHANISMS.join(', ')}.`);
  if (username === null) from.fault('KAFKA_SASL_USERNAME is not set, though another KAFKA_SASL_… setting is.');
  if (password === null) from.fault('KAFKA_SASL_PASSWORD is not set, though another KAFKA_SASL_… setting is.');
  return { mechanism: mechanism ?? 'plain', username: username ?? '', password: password ?? '' };
}
