export type * from './model.js';
export { compileRegister } from './compile.js';
export { RegisterError, formatFault, type Fault } from './fault.js';
export type { RegisterFile } from './file.js';
export { identifyRegister, type RegisterIdentity } from './identify.js';
export {
  defaultRegistersDir,
  loadRegisters,
  loadRegisterSet,
  readRegister,
  readRegisterText,
  registerFiles,
  type RegisterSet,
  type RegisterSource,
} from './load.js';
export { packageFile } from './package-file.js';
export { parsePeriod } from './period.js';
export { Registers } from './registers.js';
export { loadTransferLaw, transferLaw, type Adequacy, type TransferLaw } from './transfer-law.js';
export { RegisterWatch, type RegisterWatchLog } from './watch.js';
export { expandIri, loadVocabulary, type Term, type Vocabulary } from './vocabulary.js';
