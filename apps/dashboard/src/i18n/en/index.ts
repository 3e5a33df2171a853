/** The English messages, a namespace for each area. */
import { common } from './common.js';
import { duties } from './duties.js';
import { findings } from './findings.js';
import { log } from './log.js';
import { overview } from './overview.js';
import { problems } from './problems.js';
import { registers } from './registers.js';
import { rules } from './rules.js';
import { terms } from './terms.js';

export const en = { common, terms, rules, overview, problems, findings, registers, duties, log };
