export { start as default } from './servers-of-the-run.mjs';
