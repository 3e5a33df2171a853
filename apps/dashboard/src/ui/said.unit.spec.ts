import { expect, test } from '@jest/globals';
import { partsOf } from './said.js';

const id = (text: string) => ({ text, code: null, id: true });
const plain = (text: string) => ({ text, code: null, id: false });
const word = (code: string, text: string) => ({ text, code, id: false });

test.each([
  ['no consent was on record', [plain('no consent was on record')]],
  [
    '`news` rests on `consent`; `legitimate_interests` is claimed',
    [
      id('news'),
      plain(' rests on '),
      word('consent', 'Consent'),
      plain('; '),
      word('legitimate_interests', 'Legitimate interests'),
      plain(' is claimed'),
    ],
  ],
  ['data went to `US`', [plain('data went to '), word('US', 'United States')]],
  ['data went to `ZZ`', [plain('data went to '), word('ZZ', 'Unknown Region')]],
  ['kept P36M from then; P1M at most', [plain('kept 36 months from then; 1 month at most')]],
  ['for the `constructor` of PDF', [plain('for the '), id('constructor'), plain(' of PDF')]],
])('%s', (message, parts) => expect(partsOf(message)).toEqual(parts));
