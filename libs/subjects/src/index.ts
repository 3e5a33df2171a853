export { SUBJECT_DEFAULTS, SubjectStore, type SubjectStoreOptions } from './store.js';
export { Subject, subjectKey } from './subject.js';
export { TaskSubjects, type Takeover } from './task-subjects.js';
