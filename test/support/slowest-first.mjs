import { basename } from 'node:path';
import TestSequencer from '@jest/test-sequencer';

/** Tests that start servers of their own, or many processes; begun last they would keep one worker busy alone. */
const SLOWEST = [
  ...[
    'outage',
    'drill',
    'auditor',
    'start',
    'erase',
    'tasks',
    'bench',
    'dashboard',
    'cluster',
    'late',
    'sweep',
    'stack',
  ],
  ...['fuzz', 'soak', 'verify', 'notary', 'duties', 'prune', 'counts', 'access', 'visibility'],
  ...['exports', 'any-request'],
];

/** Begins with what takes longest, so that the workers end at about the same time, on a fresh clone too. */
export default class SlowestFirst extends TestSequencer {
  sort(tests) {
    const rank = ({ path }) => {
      const at = SLOWEST.indexOf(basename(path, '.int.spec.ts'));
      return at === -1 ? SLOWEST.length : at;
    };
    return [...tests].sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1));
  }
}
