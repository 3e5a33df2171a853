export type * from './model.js';
export { RegisterError, formatFault, type Fault } from './fault.js';
export { defaultRegistersDir, loadRegisters, readRegister, registerFiles } from './load.js';
export { parsePeriod } from './period.js';
export { Registers } from './registers.js';
export { loadTransferLaw, transferLaw, type Adequacy, type TransferLaw } from './transfer-law.js';
export { expandIri, loadVocabulary, type Term, type Vocabulary } from './vocabulary.js';
