export { stop as default } from './servers-of-the-run.mjs';
