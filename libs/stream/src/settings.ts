import type { BatchLimits } from './task-buffer.js';

/** How to reach Kafka. */
export interface KafkaSettings {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly ssl: boolean;
  readonly sasl: SaslSettings | null;
}

export interface SaslSettings {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

export interface StreamSettings extends BatchLimits {
  readonly kafka: KafkaSettings;
  /** Consumer group. */
  readonly groupId: string;
  /** Topics of the stream; all have the same number of partitions. */
  readonly topics: readonly string[];
  /** After this long without a heartbeat a member counts as dead; ms. */
  readonly sessionTimeoutMs: number;
  /** Batches of different tasks handled at the same time. */
  readonly concurrency: number;
  /** Records and bytes buffered over all tasks before fetching is paused. */
  readonly bufferRecords: number;
  readonly bufferBytes: number;
  /** How long a stop waits for the batch under way; ms. */
  readonly stopGraceMs: number;
}

/** Settings that fit a machine of two cores and records of some hundred bytes. */
export const STREAM_DEFAULTS = {
  maxRecords: 4_096,
  maxBytes: 4 * 1024 * 1024,
  lingerMs: 15,
  maxIdleMs: 500,
  sessionTimeoutMs: 10_000,
  concurrency: 4,
  bufferRecords: 200_000,
  bufferBytes: 64 * 1024 * 1024,
  stopGraceMs: 10_000,
} as const;
