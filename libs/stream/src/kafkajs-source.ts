import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { Admin, Cluster, Consumer, Kafka, PartitionAssigner } from 'kafkajs';
import { assignTasks } from './assignment.js';
import { decodeFetch, FIRST_VERSION, LAST_VERSION } from './fetch-response.js';
import { carry, readPartition, stableEndOf } from './fetch-guard.js';
import type { CarrierMessage, FetchedPartition } from './fetch-guard.js';
import { createKafka } from './kafkajs-client.js';
import type { StreamLog } from './log.js';
import type { Positions } from './record.js';
import { SessionWatch, WATCH_EVERY_MS } from './session-watch.js';
import type { StreamSettings } from './settings.js';
import type { Session, SessionListener, Source, Watermarks } from './source.js';

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

/** How long an idle fetch waits at the broker; also how long resuming a paused topic-partition may take. */
const FETCH_WAIT_MS = 100;
const PARTITION_BYTES = 1024 * 1024;
const FETCH_BYTES = 8 * 1024 * 1024;

/** How many of the group's session time-outs a membership may go on without an answer. */
const STALLED_AFTER_TIMEOUTS = 3;
/** How long leaving the group may take; a broker that hangs answers nothing, and the group then misses the member. */
const LEAVE_WITHIN_MS = 5_000;

/** The source on kafkajs: group membership, connections and positions are its, reading what was fetched is ours. */
export class KafkajsSource implements Source {
  private admin: Admin | null = null;
  private opening: KafkajsSession | null = null;

  constructor(
    private readonly settings: StreamSettings,
    log: StreamLog,
    private readonly kafka: Kafka = createKafka(settings.kafka, log),
  ) {}

  async partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>> {
    return this.withAdmin(async (admin) => {
      const existing = new Set(await admin.listTopics());
      const known = topics.filter((topic) => existing.has(topic));
      if (known.length === 0) return new Map();
      const metadata = await admin.fetchTopicMetadata({ topics: known });
      return new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
    });
  }

  async watermarks(topics: readonly string[]): Promise<ReadonlyMap<string, readonly Watermarks[]>> {
    return this.withAdmin(async (admin) => {
      const all = await Promise.all(topics.map((topic) => admin.fetchTopicOffsets(topic)));
      return new Map(
        topics.map((topic, i) => {
          const byPartition: Watermarks[] = [];
          for (const { partition, low, high } of all[i] ?? []) {
            byPartition[partition] = { low: Number(low), high: Number(high) };
          }
          return [topic, byPartition];
        }),
      );
    });
  }

  async open(listener: SessionListener): Promise<Session> {
    const { groupId, topics, sessionTimeoutMs } = this.settings;
    const owned = { tasks: [] as readonly number[] };
    const watch = new SessionWatch(topics, STALLED_AFTER_TIMEOUTS * sessionTimeoutMs, performance.now());
    const answered: FetchListener = {
      stableEnd(topic, partition, offset) {
        watch.answered(topic, partition, performance.now());
        if (!session.closed) listener.stableEnd(topic, partition, offset);
      },
      outOfRange: (topic, partition) => listener.outOfRange(topic, partition),
    };
    const consumer = this.kafka.consumer({
      groupId,
      partitionAssigners: [coPartitioned(answered, owned)],
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.min(1_000, sessionTimeoutMs / 3),
      maxWaitTimeInMs: FETCH_WAIT_MS,
      maxBytesPerPartition: PARTITION_BYTES,
      maxBytes: FETCH_BYTES,
      readUncommitted: false,
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 4, restartOnFailure: async () => false },
    });
    const opening = Promise.withResolvers<void>();
    let tell: (fault: Error) => void = opening.reject;
    const session = (this.opening = new KafkajsSession(consumer, watch, (fault) => tell(fault)));
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      if (session.closed) return;
      owned.tasks = commonPartitions(payload.memberAssignment, topics);
      watch.joined(owned.tasks, performance.now());
      listener.assigned(owned.tasks, session);
    });
    consumer.on(consumer.events.HEARTBEAT, () => watch.acknowledged(performance.now()));
    consumer.on(consumer.events.CRASH, ({ payload }) => session.end(payload.error));
    const run = async () => {
      await consumer.connect();
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        partitionsConsumedConcurrently: 1,
        eachBatch: async ({ batch: { messages } }) => {
          if (session.closed) return;
          for (const message of messages) listener.fetched((message as unknown as CarrierMessage).chunk);
        },
      });
      // kafkajs resolves also where it could not join.
      if (!session.closed) tell = (fault) => listener.ended(fault);
    };
    run().then(opening.resolve, (fault: Error) => session.end(fault));
    await opening.promise.finally(() => (this.opening = null));
    return session;
  }

  async close(): Promise<void> {
    this.opening?.end(new Error('stopped'));
    const { admin } = this;
    this.admin = null;
    await admin?.disconnect().catch(() => undefined);
  }

  /** kafkajs' admin client does not recover from every lost connection, so after a fault the next call has a new one. */
  private async withAdmin<T>(action: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = this.admin ?? this.kafka.admin();
    try {
      if (this.admin === null) await admin.connect();
      this.admin = admin;
      return await action(admin);
    } catch (fault) {
      this.admin = null;
      await admin.disconnect().catch(() => undefined);
      throw fault;
    }
  }
}

/** What answers to fetches tell besides records. */
type FetchListener = Pick<SessionListener, 'stableEnd' | 'outOfRange'>;

class KafkajsSession implements Session {
  closed = false;
  private readonly watching: NodeJS.Timeout;

  /** @param ended is told of a fault that ends the session, once */
  constructor(
    private readonly consumer: Consumer,
    private readonly watch: SessionWatch,
    private readonly ended: (fault: Error) => void,
  ) {
    this.watching = setInterval(() => {
      const stalled = this.watch.stalled(performance.now());
      if (stalled !== null) this.end(new Error(`the session is stalled: ${stalled}`));
    }, WATCH_EVERY_MS);
  }

  /** Ends by a fault. What is left of the consumer may take its time to stop; nothing of it is heard any more. */
  end(fault: Error): void {
    if (this.closed) return;
    void this.close();
    this.ended(fault);
  }

  seek(topic: string, partition: number, offset: number): void {
    this.whileRunning(() => this.consumer.seek({ topic, partition, offset: String(offset) }));
  }

  pause(topic: string, partition: number): void {
    this.watch.pause(topic, partition);
    this.whileRunning(() => this.consumer.pause([{ topic, partitions: [partition] }]));
  }

  resume(topic: string, partition: number): void {
    this.watch.resume(topic, partition, performance.now());
    this.whileRunning(() => this.consumer.resume([{ topic, partitions: [partition] }]));
  }

  /**
   * Asks something of the consumer. Of one that has stopped, kafkajs takes nothing, and it stops before it says so; tasks
   * that live on tell the next session where they stand.
   */
  private whileRunning(ask: () => void): void {
    try {
      ask();
    } catch (fault) {
      if (!(fault instanceof kafkajs.KafkaJSNonRetriableError)) throw fault;
    }
  }

  async commit(task: number, positions: Positions): Promise<void> {
    const offsets = Object.entries(positions).map(([topic, offset]) => ({
      topic,
      partition: task,
      offset: String(offset),
    }));
    await this.consumer.commitOffsets(offsets).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.watching);
    const left = this.consumer.disconnect().catch(() => undefined);
    await Promise.race([left, sleep(LEAVE_WITHIN_MS, undefined, { ref: false })]);
  }
}

/**
 * Assigner that gives all partitions of one number to one member, and lets members keep what they have.
 *
 * A member states the tasks it owns as JSON in the user data of its subscription (Kafka consumer protocol, JoinGroup).
 */
function coPartitioned(listener: FetchListener, owned: { tasks: readonly number[] }): PartitionAssigner {
  return ({ cluster }) => {
    guardFetches(cluster, listener);
    const name = 'hjemmel-co-partitioned';
    const version = 1;
    return {
      name,
      version,
      async assign({ members, topics }) {
        const counts = topics.map((topic) => cluster.findTopicPartitionMetadata(topic).length);
        const claimants = members.map(({ memberId, memberMetadata }) => ({
          id: memberId,
          owned: ownedTasks(MemberMetadata.decode(memberMetadata)?.userData),
        }));
        return [...assignTasks(claimants, Math.min(...counts))].map(([memberId, tasks]) => ({
          memberId,
          memberAssignment: MemberAssignment.encode({
            version,
            assignment: Object.fromEntries(topics.map((topic) => [topic, tasks])),
            userData: Buffer.alloc(0),
          }),
        }));
      },
      protocol({ topics }) {
        const userData = Buffer.from(JSON.stringify(owned.tasks));
        return { name, metadata: MemberMetadata.encode({ version, topics, userData }) };
      },
    };
  };
}

function ownedTasks(userData: Buffer | undefined): number[] {
  try {
    const tasks: unknown = JSON.parse(String(userData));
    return Array.isArray(tasks) ? tasks.filter((task): task is number => Number.isInteger(task)) : [];
  } catch {
    return [];
  }
}

function commonPartitions(assignment: Record<string, number[]>, topics: readonly string[]): number[] {
  const [first = [], ...others] = topics.map((topic) => assignment[topic] ?? []);
  return first.filter((partition) => others.every((own) => own.includes(partition))).sort((a, b) => a - b);
}

/** The part of kafkajs' broker that is guarded. */
interface FetchingBroker {
  fetch(request: FetchRequest): Promise<{ responses: { topicName: string; partitions: FetchedPartition[] }[] }>;
  /** How a request is written and its answer read, in the version that both sides know; set anew by each connect. */
  lookupRequest: Lookup;
}

interface FetchRequest {
  readonly topics: { topic: string; partitions: { partition: number; fetchOffset: string }[] }[];
}

type Lookup = (apiKey: number, definition: unknown) => (request: FetchRequest) => Exchange;

interface Exchange {
  readonly request: { readonly apiVersion: number };
  readonly response: { decode(bytes: Buffer): Promise<unknown>; parse(decoded: unknown): Promise<unknown> };
}

/** The key of Fetch among the requests of Kafka's protocol. */
const FETCH = 1;

/**
 * Has every fetch of the consumer read by `readPartition` (see there why). kafkajs hands assigners the consumer's own
 * cluster, which is the one place where its fetches can be reached.
 */
function guardFetches(cluster: Cluster, listener: FetchListener): void {
  const guarded = new WeakSet<object>();
  const findBroker = cluster.findBroker.bind(cluster);
  cluster.findBroker = async (node) => {
    const broker = await findBroker(node);
    if (!guarded.has(broker)) {
      guarded.add(broker);
      guardBroker(broker as unknown as FetchingBroker, listener);
    }
    return broker;
  };
}

function guardBroker(broker: FetchingBroker, listener: FetchListener): void {
  const fetch = broker.fetch.bind(broker);
  let guarded: Lookup | null = null;
  broker.fetch = async (request) => {
    if (broker.lookupRequest !== guarded) broker.lookupRequest = guarded = withOwnDecoding(broker.lookupRequest);
    const response = await fetch(request).catch((fault: { name?: string; topic?: string; partition?: number }) => {
      if (fault.name === 'KafkaJSOffsetOutOfRange' && fault.topic !== undefined && fault.partition !== undefined) {
        listener.outOfRange(fault.topic, fault.partition);
      }
      throw fault;
    });
    for (const { topicName, partitions } of response.responses) {
      const asked = request.topics.filter(({ topic }) => topic === topicName).flatMap(({ partitions: own }) => own);
      for (const fetched of partitions) {
        const from = Number(asked.find(({ partition }) => partition === fetched.partition)?.fetchOffset);
        const chunk = readPartition(topicName, from, fetched);
        if (chunk !== null && chunk.to > chunk.from) carry(fetched, chunk);
        else fetched.messages = [];
        listener.stableEnd(topicName, fetched.partition, stableEndOf(fetched));
      }
    }
    return response;
  };
}

/** Has answers to Fetch decoded by `decodeFetch` (see `readBatches` why) instead of by kafkajs. */
function withOwnDecoding(lookup: Lookup): Lookup {
  return (apiKey, definition) => {
    const exchange = lookup(apiKey, definition);
    if (apiKey !== FETCH) return exchange;
    return (request) => {
      const kafkajs = exchange(request);
      const { apiVersion } = kafkajs.request;
      if (apiVersion < FIRST_VERSION || apiVersion > LAST_VERSION) return kafkajs;
      const asked = new Map(
        request.topics.flatMap(({ topic, partitions }) =>
          partitions.map(({ partition, fetchOffset }) => [`${topic} ${partition}`, Number(fetchOffset)] as const),
        ),
      );
      const from = (topic: string, partition: number): number => asked.get(`${topic} ${partition}`) ?? 0;
      const decode = async (bytes: Buffer): Promise<unknown> =>
        (await decodeFetch(apiVersion, bytes, from)) ?? (await kafkajs.response.decode(bytes));
      return { ...kafkajs, response: { decode, parse: (decoded) => kafkajs.response.parse(decoded) } };
    };
  };
}
