import { MAX_RECORD_BYTES, STREAMS } from '#libs/events';
import type { Stream } from '#libs/events';
import { SettingsReader } from '#libs/service';
import type { Environment } from '#libs/service';
import { kafkaSettings, STREAM_DEFAULTS } from '#libs/stream';
import type { StreamSettings } from '#libs/stream';
import { parseVaultKeys, SUBJECT_DEFAULTS, VaultError } from '#libs/subjects';
import type { VaultKey } from '#libs/subjects';

export interface AuditorSettings {
  readonly stream: StreamSettings;
  readonly deadLetterTopic: string;
  readonly schemaRegistryUrl: string | null;
  /** A record whose value is longer is unreadable. */
  readonly maxRecordBytes: number;
  readonly mongodbUri: string;
  /** Keys of the vault; the first encrypts. */
  readonly vaultKeys: readonly [VaultKey, ...VaultKey[]];
  /** Folder of register files; null: those that come with the package. */
  readonly registers: string | null;
  /** How often the folder of registers is looked at, ms. */
  readonly registersPollMs: number;
  /** From one look at the duties to the next, ms. */
  readonly sweepEveryMs: number;
  /** Data subjects kept in memory, over all tasks owned. */
  readonly cacheSubjects: number;
  /** Port for health and metrics; 0: chosen by the system; null: none. */
  readonly port: number | null;
}

const REGISTERS_POLL_SECONDS = 5;
const SWEEP_SECONDS = 60;
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
      kafka: kafkaSettings(from, 'hjemmel-auditor'),
      groupId: from.text('HJEMMEL_GROUP') ?? 'hjemmel-auditor',
      topics,
      sessionTimeoutMs: from.number('KAFKA_SESSION_TIMEOUT_MS', 6_000, 300_000) ?? STREAM_DEFAULTS.sessionTimeoutMs,
    },
    deadLetterTopic,
    schemaRegistryUrl: from.httpUrls('SCHEMA_REGISTRY_URL')[0] ?? null,
    maxRecordBytes: from.number('HJEMMEL_MAX_RECORD_BYTES', 1_024, 16 * 1024 * 1024) ?? MAX_RECORD_BYTES,
    mongodbUri: from.mongodbUri(),
    vaultKeys: vaultKeys(from),
    registers: from.text('HJEMMEL_REGISTERS'),
    registersPollMs: (from.number('HJEMMEL_REGISTERS_POLL_SECONDS', 1, 86_400) ?? REGISTERS_POLL_SECONDS) * 1_000,
    sweepEveryMs: (from.number('HJEMMEL_SWEEP_SECONDS', 1, 86_400) ?? SWEEP_SECONDS) * 1_000,
    cacheSubjects: from.number('HJEMMEL_CACHE_SUBJECTS', 1_000, 10_000_000) ?? SUBJECT_DEFAULTS.cacheSubjects,
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
