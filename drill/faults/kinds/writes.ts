import { databaseOf } from '#libs/trail';
import type { FailPoint } from '../world.js';
import type { Kind } from './kind.js';

/** Collections whose writes fail: those of the trail, of the vault and of the log. */
const COLLECTIONS = [
  'blocks',
  'factsJournal',
  'positions',
  'evidence',
  'subjects',
  'sequence',
  'tiles',
  'checkpoints',
] as const;
const WRITES = ['insert', 'update', 'delete', 'findAndModify'];

/** MongoDB's error codes. */
const WRITE_CONCERN_FAILED = 64;
const PRIMARY_STEPPED_DOWN = 189;
const OUT_OF_DISK_SPACE = 14031;

const FAILURES: readonly { readonly title: string; readonly data: Record<string, unknown> }[] = [
  { title: 'fail, the connection closed', data: { closeConnection: true } },
  {
    title: 'are done and said to have failed (writeConcernError)',
    data: { writeConcernError: { code: WRITE_CONCERN_FAILED, errmsg: 'waiting for replication timed out' } },
  },
  {
    title: 'are done and said to have failed (stepping down)',
    data: { writeConcernError: { code: PRIMARY_STEPPED_DOWN, errmsg: 'the primary stepped down' } },
  },
  { title: 'fail, the disk full', data: { errorCode: OUT_OF_DISK_SPACE } },
  { title: 'take 3 s', data: { blockConnection: true, blockTimeMS: 3_000 } },
];

/** Writes to one collection fail, or seem to. */
export const writeKinds: readonly Kind[] = FAILURES.flatMap(({ title, data }) =>
  COLLECTIONS.map((collection): Kind => ({
    title: `writes to ${collection} ${title}`,
    family: 'write',
    async strike(world, random) {
      const namespace = `${databaseOf(world.stack.mongoUri)}.${collection}`;
      const point: FailPoint = { failCommands: WRITES, namespace, ...data };
      const end = await world.failCommands(point);
      let count = 0;
      await world.hold(random.int(1_000, 5_000)).finally(async () => (count = await end()));
      return `${count} commands`;
    },
  })),
);
