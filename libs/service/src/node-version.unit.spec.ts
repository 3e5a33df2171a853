import { expect, test } from '@jest/globals';
import { nodeFault } from './node-version.js';

test.each([
  ['20.20.2', 'Node 20.20.2 is too old: run this with Node 24 or newer.'],
  ['24.0.0', null],
  ['100.1.0', null],
])('Node %s', (version, fault) => {
  expect(nodeFault(version)).toBe(fault);
});
