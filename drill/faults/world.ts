import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient, type Document } from 'mongodb';
import { type Keys, localKeys } from '../../apps/local/src/keys.js';
import { serviceSpecs } from '../../apps/local/src/service-specs.js';
import type { ServiceSpec } from '../../apps/local/src/services.js';
import { rememberedPorts } from '../../apps/local/src/stack/ports.js';
import { startStack, type Stack, type StackNode } from '../../apps/local/src/stack/stack.js';
import type { OnProgress } from '../../apps/local/src/stack/progress.js';
import { DEAD_LETTER_TOPIC, TOPICS } from '../../apps/local/src/stack/topics.js';
import { DrillError } from '../drill-error.js';
import { Link, Part } from './part/part.js';

export interface WorldOptions {
  readonly brokers: number;
  readonly members: number;
  readonly partitions: number;
  /** Keeps data and logs. */
  readonly keep: boolean;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

const AUDITORS = 3;
const NOTARIES = 2;
/** The least that Kafka allows by default. */
export const SESSION_TIMEOUT_MS = 6_000;
/** So that duties are swept, and swept again, in each round. */
export const SWEEP_SECONDS = 2;
const REFERENCE = 'reference';
/** Database of the run without faults. */
export const REFERENCE_DATABASE = 'reference';
const REFERENCE_DEAD_LETTERS = 'reference.dead-letter';
const START_AGAIN_MS = 500;
/** Three of each on one machine. */
const SMALL = { kafkaHeap: '384m', mongoCacheGb: 0.25 } as const;

/** Where a failed command is to come from: MongoDB's `failCommand` (its own test commands). */
export interface FailPoint {
  readonly failCommands: readonly string[];
  readonly namespace: string;
  readonly [setting: string]: unknown;
}

/**
 * What the drill breaks: Kafka and MongoDB, three auditors and one in reserve, two notaries, the api, each a process of its
 * own whose ways to the servers go through proxies. A part that ends is started again, as a supervisor would.
 */
export class World {
  readonly auditors: readonly Part[];
  readonly notaries: readonly Part[];
  readonly api: Part;
  /** An auditor that does not run, unless a fault wants one more. */
  readonly reserve: Part;
  /** Parts that ended although nobody stopped or killed them, a sentence each. */
  readonly ended: string[] = [];
  private readonly starting = new Set<Promise<void>>();
  private closed = false;

  private constructor(
    readonly stack: Stack,
    readonly keys: Keys,
    private readonly dir: string,
    private readonly parts: readonly Part[],
    private readonly links: readonly Link[],
    private readonly referenceSpec: { spec: ServiceSpec; port: number },
    readonly signal: AbortSignal,
  ) {
    const [reserve, ...auditors] = parts.filter(({ app }) => app === 'auditor').reverse();
    this.auditors = auditors.reverse();
    this.reserve = reserve as Part;
    this.notaries = parts.filter(({ app }) => app === 'notary');
    this.api = parts.find(({ app }) => app === 'api') as Part;
  }

  /** @throws StackError, or DrillError, where it does not come up */
  static async open(options: WorldOptions): Promise<World> {
    const { brokers, members, partitions, keep, onProgress, signal } = options;
    const stack = await startStack({
      brokers,
      members,
      partitions,
      topics: [...TOPICS, DEAD_LETTER_TOPIC, REFERENCE_DEAD_LETTERS],
      onProgress,
      keepData: keep,
      signal,
      ...SMALL,
      mongoArgs: ['--setParameter', 'enableTestCommands=1'],
      // A transaction whose producer is gone holds up every reader of its topics until it is aborted.
      kafkaProperties: { 'transaction.abort.timed.out.transaction.cleanup.interval.ms': '1000' },
    });
    const links: Link[] = [];
    try {
      const dir = join(stack.dir, 'parts');
      mkdirSync(dir, { recursive: true });
      const keys = localKeys(join(dir, 'keys'), {});
      const env = {
        ...process.env,
        KAFKA_SESSION_TIMEOUT_MS: String(SESSION_TIMEOUT_MS),
        HJEMMEL_SWEEP_SECONDS: String(SWEEP_SECONDS),
        LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'info',
        PORT: '',
      };
      const specs = serviceSpecs(stack, keys, { auditors: AUDITORS + 1 }, env).flatMap((spec) =>
        spec.app === 'notary'
          ? Array.from({ length: NOTARIES }, (_, i): ServiceSpec => ({ ...spec, name: `notary-${i + 1}` }))
          : [spec],
      );
      const ports = await rememberedPorts(join(dir, 'ports.json'), [...specs.map(({ name }) => name), REFERENCE]);
      const world: { ended?: (part: Part, message: string) => void } = {};
      const parts: Part[] = [];
      for (const spec of specs) {
        const mongodb = await Link.to(stack.members.map(({ port }) => port));
        const kafka = spec.app === 'auditor' ? await Link.to(stack.brokers.map(({ port }) => port)) : undefined;
        links.push(mongodb, ...(kafka === undefined ? [] : [kafka]));
        const part: Part = new Part(
          dir,
          spec,
          ports[spec.name] as number,
          { mongodb, ...(kafka && { kafka }) },
          (why) => world.ended?.(part, why),
        );
        parts.push(part);
      }
      const referenceSpec = { spec: referenceOf(specs[0] as ServiceSpec, stack), port: ports[REFERENCE] as number };
      const made = new World(stack, keys, dir, parts, links, referenceSpec, signal);
      world.ended = (part, message) => made.endedByItself(part, message);
      return made;
    } catch (error) {
      await Promise.all(links.map((link) => link.close()));
      await stack.stop();
      throw error;
    }
  }

  /** Starts all parts but the one in reserve. */
  async start(): Promise<void> {
    await Promise.all(this.parts.filter((part) => part !== this.reserve).map((part) => part.start()));
  }

  /** Lets time pass. */
  async hold(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.signal });
  }

  /** Starts a part that was killed, as its supervisor would, while the drill goes on; `settled` waits for it. */
  startAgain(part: Part): void {
    const starting = sleep(START_AGAIN_MS)
      .then(() => (this.closed ? undefined : part.start()))
      .catch((fault: unknown) => this.endedByItself(part, (fault as Error).message))
      .finally(() => this.starting.delete(starting));
    this.starting.add(starting);
  }

  /** Resolves when every part that was to be started has. */
  async settled(): Promise<void> {
    while (this.starting.size > 0) await Promise.all(this.starting);
  }

  /**
   * Makes commands fail on every member, in the way that `point` says, until the returned function ends it; that gives how
   * many failed.
   */
  async failCommands(point: FailPoint): Promise<() => Promise<number>> {
    await this.onEachMember({ configureFailPoint: 'failCommand', mode: 'alwaysOn', data: point });
    return async () => {
      const answers = await this.onEachMember({ configureFailPoint: 'failCommand', mode: 'off' });
      return answers.reduce((sum, answer) => sum + Number(answer['count'] ?? 0), 0);
    };
  }

  /** A command of the administrator's to every member, primary or not. */
  async onEachMember(command: Document): Promise<Document[]> {
    return Promise.all(this.stack.members.map((member) => this.onMember(member, command)));
  }

  async onMember({ port }: StackNode, command: Document): Promise<Document> {
    await using client = new MongoClient(this.memberUri(port), { serverSelectionTimeoutMS: 5_000 });
    return await client.db('admin').command(command);
  }

  /** The MongoDB primary. @throws DrillError where there is none */
  async primary(): Promise<StackNode> {
    const primary = await this.stack.primary();
    if (primary === null) throw new DrillError('MongoDB has no primary, so that none can be struck.');
    return primary;
  }

  /** An auditor that audits all topics into the other database, where nothing is broken. */
  reference(): Part {
    const { spec, port } = this.referenceSpec;
    return new Part(this.dir, spec, port, { mongodb: new Link(new Map()) }, (message) => this.ended.push(message));
  }

  /** Connection string of the administrator to the database of the run without faults. */
  get referenceUri(): string {
    return otherDatabase(this.stack.mongoUri, REFERENCE_DATABASE);
  }

  /** Lets all parts finish what is under way, and end. */
  async stopParts(): Promise<void> {
    this.closed = true;
    await this.settled();
    await Promise.all(this.parts.map((part) => part.stop()));
  }

  async close(): Promise<void> {
    await this.stopParts();
    await Promise.all(this.links.map((link) => link.close()));
    await this.stack.stop();
  }

  private memberUri(port: number): string {
    return this.stack.mongoUri
      .replace(/@[^/]*\//, `@127.0.0.1:${port}/`)
      .replace(/replicaSet=[^&]*/, 'directConnection=true');
  }

  private endedByItself(part: Part, message: string): void {
    if (this.closed) return;
    this.ended.push(message);
    this.startAgain(part);
  }
}

function referenceOf(auditor: ServiceSpec, stack: Stack): ServiceSpec {
  return {
    ...auditor,
    name: REFERENCE,
    env: {
      ...auditor.env,
      MONGODB_URI: otherDatabase(stack.mongoUri, REFERENCE_DATABASE),
      HJEMMEL_GROUP: REFERENCE,
      HJEMMEL_TOPIC_DEAD_LETTER: REFERENCE_DEAD_LETTERS,
    },
  };
}

function otherDatabase(uri: string, database: string): string {
  return uri.replace(/(@[^/]*\/)[^?]*/, `$1${database}`);
}
