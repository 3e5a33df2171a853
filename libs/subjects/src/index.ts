export { SUBJECT_DEFAULTS, SubjectStore, type SubjectStoreOptions } from './store.js';
export { Subject, subjectKey } from './subject.js';
export { TaskSubjects } from './task-subjects.js';
