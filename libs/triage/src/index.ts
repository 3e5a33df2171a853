export { TriageBook } from './book.js';
export { ACTIONS, HJEMMEL, RESOLUTIONS } from './entry.js';
export type { Action, Actor, Resolution, Statement, TriageEntry } from './entry.js';
export { refusal, triageState, type TriageState } from './state.js';
export { TriageStore } from './store.js';
