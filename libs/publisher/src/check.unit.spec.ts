import { expect, test } from '@jest/globals';
import { InvalidEventError, check, type Publishable } from './index.js';

const base = {
  occurredAt: '2024-03-01T10:00:00Z',
  controller: 'janus',
  service: 'campaigns',
  subject: 'c-1',
} as const;

const mail: Publishable = {
  stream: 'marketing',
  event: {
    ...base,
    eventId: '6b1f0a52-59f3-4a53-9f0e-0d6f1c1c7a11',
    purpose: 'direct-marketing',
    legalBasis: 'consent',
    dataCategories: ['name', 'email'],
    action: 'sent',
    channel: 'email',
  },
};

const consent: Publishable = {
  stream: 'rights',
  event: {
    ...base,
    eventId: '6b1f0a52-59f3-4a53-9f0e-0d6f1c1c7a12',
    occurredAt: new Date('2024-02-01T10:00:00Z'),
    action: 'consent_given',
    purposes: ['direct-marketing'],
  },
};

const verdicts = async (...events: Publishable[]) => (await check(events)).map(({ verdict }) => verdict);

test('gives the finding on each event once all are known', async () => {
  expect(await verdicts(mail)).toEqual(['violation']);
  expect(await verdicts(mail, consent)).toEqual(['compliant', 'compliant']);
});

test('refuses events that break their schema', async () => {
  const { eventId: _eventId, ...rest } = consent.event;
  await expect(check([mail, { stream: 'rights', event: rest } as Publishable])).rejects.toThrow(InvalidEventError);
});
