import { expect, test } from '@jest/globals';
import type { Request } from 'express';
import { csrfFault } from './csrf.js';

const ORIGIN = 'https://hjemmel.example';
const TOKEN = 'a-token-of-22-letters.';
const fault = (method: string, headers: Record<string, string | string[]>) =>
  csrfFault({ method, headers } as unknown as Request, TOKEN, ORIGIN);

const token = { 'x-csrf-token': TOKEN };
const ours = { ...token, origin: ORIGIN, 'sec-fetch-site': 'same-origin' };

test.each([
  ['GET', {}],
  ['HEAD', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['POST', ours],
  ['DELETE', ours],
  ['POST', token],
])('%s with %j is taken', (method, headers) => {
  expect(fault(method, headers)).toBeNull();
});

test.each([
  ['without the token', {}],
  ['with an empty one', { 'x-csrf-token': '' }],
  ['with another', { 'x-csrf-token': 'b-token-of-22-letters.' }],
  ['with more than it', { 'x-csrf-token': `${TOKEN}x` }],
  ['with part of it', { 'x-csrf-token': TOKEN.slice(0, -1) }],
  ['with letters of more than one byte', { 'x-csrf-token': 'ø'.repeat(22) }],
  ['twice', { 'x-csrf-token': [TOKEN, TOKEN] }],
])('a change %s is refused', (_, headers) => {
  expect(fault('POST', headers)).toMatch(/x-csrf-token/);
});

test.each([
  ['another site', { origin: 'https://evil.example' }],
  ['another scheme', { origin: 'http://hjemmel.example' }],
  ['another port', { origin: `${ORIGIN}:8443` }],
  ['a site below ours', { origin: 'https://evil.hjemmel.example', 'sec-fetch-site': 'same-site' }],
  ['a page without origin', { origin: 'null' }],
  ['what the browser calls another site', { 'sec-fetch-site': 'cross-site' }],
  ['what the browser calls a neighbour', { 'sec-fetch-site': 'same-site' }],
])('a change from %s is refused, though it has the token', (_, headers) => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'QUERY']) {
    expect(fault(method, { ...ours, ...headers })).toMatch(/another site than https:\/\/hjemmel\.example/);
  }
});
