export type { Account, PartitionAccount } from './account.js';
export { appendActs, type ActRecord } from './acts.js';
export { ACTS_TASK, makeBlock, MAX_BLOCK_BYTES, requireSequel } from './block.js';
export type { Block, BlockContent, BlockHead, BlockRange, BlockSummary, Bundle, ChainEnd } from './block.js';
export { DamagedTrail } from './damaged-trail.js';
export { MongoConnection, MongodbFault } from './connection.js';
export { MongoLogBlocks, type LogBlock } from './log-blocks.js';
export { MongoLogReader, type ChainPosition, type LogReader, type SignedCheckpoint } from './log-reader.js';
export type { HashedBlock, Sequence, SequencedBlock } from './log-records.js';
export { MongoLogWriter, type LogHead, type LogWriter, type NewBlocksLimits } from './log-writer.js';
export { isPassing, MongoWatch, type WatchLog } from './mongo-watch.js';
export { entriesOf, MongoTrailReader, type PlacedEntry, type TrailReader } from './reader.js';
export { advance, continuing, unseenSpans, type BlockPlace } from './new-blocks.js';
export { MongoPruner, type PruneLimits, type PrunePlan, type PruneProgress, type Swept } from './prune.js';
export { createCollections, DatabaseNotPrepared } from './collections.js';
export { DURABLE } from './durable.js';
export { isDuplicateKey, LostOwnership, MongoTrailWriter, type TrailWriter } from './writer.js';
export {
  COLLECTION_OPTIONS,
  COLLECTIONS,
  indexCommands,
  roleCommand,
  userCommand,
  type DatabaseCommand,
} from './roles/commands.js';
export {
  MongoRegisterArchive,
  type KeptRegister,
  type RegisterArchive,
  type RegisterToKeep,
} from './register-archive.js';
export { actorUri, databaseOf } from './roles/connection-string.js';
export { prepareCollections } from './roles/prepare-collections.js';
export { prepareDatabase, type UserOutcome } from './roles/prepare.js';
export {
  ACTORS,
  COUNT_COLLECTIONS,
  DESK_COLLECTIONS,
  PRIVILEGES,
  roleName,
  TRAIL_COLLECTIONS,
  userName,
  VAULT_COLLECTIONS,
  VIEW_COLLECTIONS,
  type Action,
  type Actor,
} from './roles/privileges.js';
export { ChangedMeanwhile, type Progress, type VerifyOptions, type VerifyReport } from './verify/report.js';
export { MongoVerifications, type Verification } from './verifications.js';
export type { Trust } from './verify/log-identity.js';
export { verifyPublicLog, type LogFetch, type PublicLogOptions } from './verify/verify-public-log.js';
export { verifyTrail } from './verify/verify-trail.js';
