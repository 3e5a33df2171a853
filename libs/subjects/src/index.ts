export { SUBJECT_DEFAULTS, SubjectStore, type SubjectStoreOptions } from './store.js';
export { parseSubjectKey, Subject, subjectKey } from './subject.js';
export { TaskSubjects, type Takeover } from './task-subjects.js';
export { parseVaultKeys, VaultError, type VaultKey } from './vault/vault-key.js';
