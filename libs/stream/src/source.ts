import type { Chunk, Positions } from './record.js';

/**
 * What the stream needs of a Kafka client. kafkajs is behind it (`kafkajs-source.ts`); another client is another file.
 *
 * A session is one membership in the consumer group, from joining until the connection is given up.
 */
export interface Session {
  /** Reads on from `offset`; takes effect with the next fetch. */
  seek(topic: string, partition: number, offset: number): void;
  pause(topic: string, partition: number): void;
  resume(topic: string, partition: number): void;
  /** Commits positions for lag monitors; errors are of no consequence and are not thrown. */
  commit(task: number, positions: Positions): Promise<void>;
  /** Leaves the group and disconnects. */
  close(): Promise<void>;
}

/** What a session tells; all called synchronously, in order. */
export interface SessionListener {
  /** The tasks owned from now on; called after every rebalance, before anything is fetched, with the session so far. */
  assigned(tasks: readonly number[], session: Session): void;
  fetched(chunk: Chunk): void;
  /** End of what can be read of a topic-partition at present. */
  stableEnd(topic: string, partition: number, offset: number): void;
  /** The offset asked for does not exist (any more, or yet). */
  outOfRange(topic: string, partition: number): void;
  /** The session ended by a fault; it is closed already. */
  ended(fault: Error): void;
}

/** First offset held and end offset of a topic-partition. */
export interface Watermarks {
  readonly low: number;
  readonly high: number;
}

export interface Source {
  /** Number of partitions by topic; a topic that does not exist is left out. Throws where Kafka is away. */
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Watermarks of each topic, by partition. Throws where Kafka is away. */
  watermarks(topics: readonly string[]): Promise<ReadonlyMap<string, readonly Watermarks[]>>;
  /** Connects and joins the group. Throws where Kafka is away; the session then does not exist. */
  open(listener: SessionListener): Promise<Session>;
  /** Disconnects what is not a session. */
  close(): Promise<void>;
}
