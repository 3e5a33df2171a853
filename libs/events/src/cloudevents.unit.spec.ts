import { expect, test } from '@jest/globals';
import { readHeaders, toHeaders } from './cloudevents.js';
import { ORDER } from './events.fixture.js';

test('headers follow the CloudEvents Kafka binding, binary mode', () => {
  expect(toHeaders(ORDER)).toEqual({
    ce_specversion: '1.0',
    ce_id: '77c3297d-831d-4e5d-9281-e171b3e9ab90',
    ce_source: '/jetkids/webshop',
    ce_type: 'hjemmel.v1.OrderEvent',
    ce_time: '2024-01-02T03:04:05.678Z',
    'content-type': 'application/avro',
  });
});

test('a source is a URI reference whatever the names', () => {
  const event = { ...ORDER.event, controller: 'a/b', service: 'nett butikk' };
  expect(toHeaders({ stream: 'orders', event } as typeof ORDER).ce_source).toBe('/a%2Fb/nett%20butikk');
});

test('headers never name the subject', () => {
  expect(JSON.stringify(toHeaders(ORDER))).not.toContain(ORDER.event.subject);
});

test.each([
  ['bytes', { ce_id: Buffer.from('7'), ce_type: Buffer.from('t') }, { id: '7', type: 't' }],
  ['text', { ce_id: '7', ce_source: '/a/b', ce_time: 'now' }, { id: '7', source: '/a/b', time: 'now' }],
  ['repeated', { ce_id: [Buffer.from('1'), '2'] }, { id: '2' }],
  ['empty lists', { ce_id: [] }, {}],
  ['others', { trace: 'x' }, {}],
  ['none', undefined, {}],
])('reads %s', (_, headers, expected) => {
  const none = { id: undefined, source: undefined, type: undefined, time: undefined };
  expect(readHeaders(headers as never)).toEqual({ ...none, ...expected });
});
