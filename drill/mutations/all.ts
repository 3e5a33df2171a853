/** A change of one place of the compiled product. */
export interface Patch {
  /** Below dist/. */
  readonly file: string;
  /** Occurs there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A safeguard taken out, and the faults by which the drill must notice. */
export interface Mutation {
  readonly name: string;
  /** Empty: the product as it is, which must hold. */
  readonly patches: readonly Patch[];
  /** Which kinds of faults; a regular expression. */
  readonly faults: string;
  readonly rounds: number;
}

/** Where Kafka's consumer group stands: what the product must not go by. */
const COMMITTED_OFFSETS = `
async function committedOffsets(task) {
    const { default: kafkajs } = await import('kafkajs');
    const kafka = new kafkajs.Kafka({ brokers: process.env.KAFKA_BROKERS.split(','), logLevel: kafkajs.logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    const groupId = process.env.HJEMMEL_GROUP ?? 'hjemmel-auditor';
    const topics = ['orders', 'marketing', 'sharing', 'rights'];
    const found = await admin.fetchOffsets({ groupId, topics });
    await admin.disconnect();
    return Object.fromEntries(found.map(({ topic, partitions }) => {
        const offset = Number(partitions.find(({ partition }) => partition === task)?.offset ?? 0);
        return [topic, Math.max(0, offset)];
    }));
}
export class Auditor`;

/** The safeguards without which it would go wrong, each taken out in turn. */
export const MUTATIONS: readonly Mutation[] = [
  { name: 'nothing changed', patches: [], faults: 'killed .SIGKILL|middle of writing', rounds: 3 },
  {
    name: 'blocks without a unique key: who writes a block replaces what is there',
    patches: [
      {
        file: 'libs/trail/src/writer.js',
        find: 'await this.blocks.insertOne(document, { writeConcern: DURABLE });',
        replace:
          'await this.blocks.replaceOne({ _id: document._id }, document, { upsert: true, writeConcern: DURABLE });',
      },
      {
        file: 'libs/trail/src/roles/privileges.js',
        find: "auditor: {\n        [BLOCKS]: ['find', 'insert'],",
        replace: "auditor: {\n        [BLOCKS]: ['find', 'insert', 'update'],",
      },
    ],
    faults: 'middle of writing',
    rounds: 4,
  },
  {
    name: "going on from Kafka's committed offsets instead of the trail's",
    patches: [
      {
        file: 'apps/auditor/src/auditor.js',
        find: 'return end?.next ?? {};',
        replace: 'return committedOffsets(task);',
      },
      { file: 'apps/auditor/src/auditor.js', find: 'export class Auditor', replace: COMMITTED_OFFSETS },
    ],
    faults: 'auditor is killed|all auditors and notaries',
    rounds: 3,
  },
  {
    name: 'no judging again when evidence comes late',
    patches: [{ file: 'libs/subjects/src/task-subjects.js', find: 'this.late.mark(subject, fact.at);', replace: ';' }],
    faults: 'auditor is killed',
    rounds: 1,
  },
  {
    name: 'the journal of facts is not read when a task is taken over',
    patches: [{ file: 'libs/subjects/src/task-subjects.js', find: 'await replay(good, {', replace: 'void ({' }],
    faults: 'all auditors and notaries are killed',
    rounds: 2,
  },
  {
    name: 'duties that were found are not remembered',
    patches: [
      { file: 'libs/subjects/src/task-subjects.js', find: 'if (duties !== undefined) {', replace: 'if (false) {' },
    ],
    faults: 'auditor is killed',
    rounds: 1,
  },
  {
    name: 'records of aborted transactions are read',
    patches: [
      { file: 'libs/stream/src/kafkajs-source.js', find: 'readUncommitted: false', replace: 'readUncommitted: true' },
    ],
    faults: 'api is killed',
    rounds: 2,
  },
  {
    name: 'the order of blocks without a unique key: two notaries each make their own',
    patches: [
      {
        file: 'libs/trail/src/log-writer.js',
        find: 'return inserted(this.sequence.insertOne(toSequenceDocument(sequence), WRITE));',
        replace:
          'const made = toSequenceDocument(sequence); await this.sequence.replaceOne({ _id: made._id }, made, { upsert: true, ...WRITE }); return true;',
      },
      {
        file: 'libs/trail/src/roles/privileges.js',
        find: "[SEQUENCE]: ['find', 'insert'],",
        replace: "[SEQUENCE]: ['find', 'insert', 'update'],",
      },
    ],
    faults: 'notary stands still',
    rounds: 3,
  },
];
