import { STREAMS } from '#libs/events';
import type { Stream } from '#libs/events';
import { STREAM_DEFAULTS } from '#libs/stream';
import type { SaslSettings, StreamSettings } from '#libs/stream';

export interface AuditorSettings {
  readonly stream: StreamSettings;
  readonly deadLetterTopic: string;
  readonly schemaRegistryUrl: string | null;
  readonly mongodbUri: string;
  /** Folder of register files; null: those that come with the package. */
  readonly registers: string | null;
  /** Port for health and metrics; 0: chosen by the system; null: none. */
  readonly port: number | null;
}

/** What is wrong with the environment, one sentence each; no values that may be secret. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
  constructor(readonly faults: readonly string[]) {
    super(faults.join('\n'));
  }
}

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const TOPIC_NAME = /^[a-zA-Z0-9._-]{1,249}$/;

/**
 * Reads the settings from environment variables.
 *
 * @throws SettingsError with every fault there is
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): AuditorSettings {
  const faults: string[] = [];
  const text = (name: string): string | null => env[name]?.trim() || null;
  const required = (name: string, meaning: string): string => {
    const value = text(name);
    if (value === null) faults.push(`${name} is not set: ${meaning}.`);
    return value ?? '';
  };
  const topic = (name: string, standard: string): string => {
    const value = text(name) ?? standard;
    if (!TOPIC_NAME.test(value)) faults.push(`${name}: \`${value}\` is no name of a Kafka topic.`);
    return value;
  };

  const brokers = required('KAFKA_BROKERS', 'give the brokers as host:port, separated by commas')
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '');
  for (const broker of brokers) {
    if (!/^(\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/.test(broker)) {
      faults.push(`KAFKA_BROKERS: \`${broker}\` is not of the form host:port.`);
    }
  }
  const mongodbUri = required('MONGODB_URI', 'give a connection string such as mongodb://host/database');
  if (mongodbUri !== '' && !/^mongodb(\+srv)?:\/\/./.test(mongodbUri)) {
    faults.push('MONGODB_URI does not begin with mongodb:// or mongodb+srv://.');
  }
  const schemaRegistryUrl = text('SCHEMA_REGISTRY_URL');
  if (schemaRegistryUrl !== null && !isHttp(schemaRegistryUrl)) {
    faults.push('SCHEMA_REGISTRY_URL is no http:// or https:// URL.');
  }
  const topics = STREAMS.map((stream: Stream) => topic(`HJEMMEL_TOPIC_${stream.toUpperCase()}`, stream));
  if (new Set(topics).size < topics.length) faults.push('Two of the HJEMMEL_TOPIC_… settings name the same topic.');
  const deadLetterTopic = topic('HJEMMEL_TOPIC_DEAD_LETTER', 'hjemmel.dead-letter');
  if (topics.includes(deadLetterTopic)) faults.push('HJEMMEL_TOPIC_DEAD_LETTER names a topic that is read.');

  const settings: AuditorSettings = {
    stream: {
      ...STREAM_DEFAULTS,
      kafka: { brokers, clientId: 'hjemmel-auditor', ssl: flag(env, 'KAFKA_SSL', faults), sasl: sasl(env, faults) },
      groupId: text('HJEMMEL_GROUP') ?? 'hjemmel-auditor',
      topics,
      sessionTimeoutMs:
        number(env, 'KAFKA_SESSION_TIMEOUT_MS', 6_000, 300_000, faults) ?? STREAM_DEFAULTS.sessionTimeoutMs,
    },
    deadLetterTopic,
    schemaRegistryUrl,
    mongodbUri,
    registers: text('HJEMMEL_REGISTERS'),
    port: number(env, 'PORT', 0, 65_535, faults),
  };
  if (faults.length > 0) throw new SettingsError(faults);
  return settings;
}

function sasl(env: Readonly<Record<string, string | undefined>>, faults: string[]): SaslSettings | null {
  const { KAFKA_SASL_MECHANISM: given, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = env;
  if (!given && !username && !password) return null;
  const mechanism = MECHANISMS.find((name) => name === given?.toLowerCase());
  if (mechanism === undefined) faults.push(`KAFKA_SASL_MECHANISM must be one of ${MECHANISMS.join(', ')}.`);
  if (!username) faults.push('KAFKA_SASL_USERNAME is not set, though another KAFKA_SASL_… setting is.');
  if (!password) faults.push('KAFKA_SASL_PASSWORD is not set, though another KAFKA_SASL_… setting is.');
  return { mechanism: mechanism ?? 'plain', username: username ?? '', password: password ?? '' };
}

function flag(env: Readonly<Record<string, string | undefined>>, name: string, faults: string[]): boolean {
  const value = env[name]?.trim().toLowerCase() || 'false';
  if (value !== 'true' && value !== 'false') faults.push(`${name} must be true or false.`);
  return value === 'true';
}

function number(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  least: number,
  most: number,
  faults: string[],
): number | null {
  const value = env[name]?.trim();
  if (!value) return null;
  if (!/^\d+$/.test(value) || Number(value) < least || Number(value) > most) {
    faults.push(`${name} must be a whole number from ${least} to ${most}.`);
  }
  return Number(value);
}

function isHttp(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
