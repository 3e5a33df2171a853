export { SUBJECT_DEFAULTS, SubjectStore, type SubjectStoreOptions } from './store.js';
export { parseSubjectKey, Subject, subjectKey } from './subject.js';
export type { JudgedBefore, Rejudgement } from './late-evidence.js';
export {
  TaskSubjects,
  type AmendmentEntry,
  type DutyEntry,
  type EntryRow,
  type FindingEntry,
  type Learnt,
  type Takeover,
} from './task-subjects.js';
export { parseVaultKeys, VaultError, type VaultKey } from './vault/vault-key.js';
export { People, type EntryPlace, type OnProgress, type Traces, type Whom } from './people.js';
export { Roll, type Listed } from './roll.js';
export { removePositions } from './remove-positions.js';
export { rotateVault, type Rotated } from './rotate.js';
