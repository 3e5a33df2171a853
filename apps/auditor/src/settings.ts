import { STREAMS } from '#libs/events';
import type { Stream } from '#libs/events';
import { SettingsReader } from '#libs/service';
import type { Environment } from '#libs/service';
import { STREAM_DEFAULTS } from '#libs/stream';
import type { SaslSettings, StreamSettings } from '#libs/stream';
import { parseVaultKeys, VaultError } from '#libs/subjects';
import type { VaultKey } from '#libs/subjects';

export interface AuditorSettings {
  readonly stream: StreamSettings;
  readonly deadLetterTopic: string;
  readonly schemaRegistryUrl: string | null;
  readonly mongodbUri: string;
  /** Keys of the vault; the first encrypts. */
  readonly vaultKeys: readonly [VaultKey, ...VaultKey[]];
  /** Folder of register files; null: those that come with the package. */
  readonly registers: string | null;
  /** Port for health and metrics; 0: chosen by the system; null: none. */
  readonly port: number | null;
}

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const TOPIC_NAME = /^[a-zA-Z0-9._-]{1,249}$/;

/**
 * Reads the settings from environment variables.
 *
 * @throws SettingsError with every fault there is
 */
export function readSettings(env: Environment): AuditorSettings {
  const from = new SettingsReader(env);
  const topic = (name: string, standard: string): string => {
    const value = from.text(name) ?? standard;
    if (!TOPIC_NAME.test(value)) from.fault(`${name}: \`${value}\` is no name of a Kafka topic.`);
    return value;
  };
  const topics = STREAMS.map((stream: Stream) => topic(`HJEMMEL_TOPIC_${stream.toUpperCase()}`, stream));
  if (new Set(topics).size < topics.length) from.fault('Two of the HJEMMEL_TOPIC_… settings name the same topic.');
  const deadLetterTopic = topic('HJEMMEL_TOPIC_DEAD_LETTER', 'hjemmel.dead-letter');
  if (topics.includes(deadLetterTopic)) from.fault('HJEMMEL_TOPIC_DEAD_LETTER names a topic that is read.');

  return from.finish({
    stream: {
      ...STREAM_DEFAULTS,
      kafka: {
        brokers: from.brokers(),
        clientId: 'hjemmel-auditor',
        ssl: from.flag('KAFKA_SSL'),
        sasl: sasl(from),
      },
      groupId: from.text('HJEMMEL_GROUP') ?? 'hjemmel-auditor',
      topics,
      sessionTimeoutMs: from.number('KAFKA_SESSION_TIMEOUT_MS', 6_000, 300_000) ?? STREAM_DEFAULTS.sessionTimeoutMs,
    },
    deadLetterTopic,
    schemaRegistryUrl: from.httpUrls('SCHEMA_REGISTRY_URL')[0] ?? null,
    mongodbUri: from.mongodbUri(),
    vaultKeys: vaultKeys(from),
    registers: from.text('HJEMMEL_REGISTERS'),
    port: from.port(),
  });
}

function vaultKeys(from: SettingsReader): readonly [VaultKey, ...VaultKey[]] {
  const text = from.required(
    'HJEMMEL_VAULT_KEY',
    'give 32 random bytes in base64, and keep them: nothing else opens the vault',
  );
  try {
    if (text !== '') return parseVaultKeys(text);
  } catch (fault) {
    if (!(fault instanceof VaultError)) throw fault;
    from.fault(fault.message);
  }
  return [{ id: '', key: Buffer.alloc(0) }];
}

function sasl(from: SettingsReader): SaslSettings | null {
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
