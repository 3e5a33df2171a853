import { randomUUID } from 'node:crypto';
import type { RightsAction, RightsEvent, StreamEvent } from '#libs/events';

const DAY = 86_400_000;

/** A marketing mail of Jetpak's, compliant where the person has consented; `at` in ms. */
export function mailTo(subject: string, at: number): StreamEvent {
  return {
    stream: 'marketing',
    event: {
      eventId: randomUUID(),
      occurredAt: at,
      controller: 'jetpak',
      service: 'newsletter',
      subject,
      purpose: 'marketing',
      legalBasis: 'consent',
      dataCategories: ['email'],
      collectedAt: at - DAY,
      justification: null,
      action: 'sent',
      channel: 'email',
      personalised: false,
    },
  };
}

/** What a person decides about Jetpak's marketing. */
export function actOf(subject: string, action: RightsAction, at: number): StreamEvent {
  return rights({ controller: 'jetpak', subject, action, occurredAt: at, purposes: ['marketing'] });
}

/** A person's request for access, to Janus, who is to answer within a month; the request has the person's name. */
export function requestOf(subject: string, action: 'request_received' | 'request_answered', at: number): StreamEvent {
  return rights({ controller: 'janus', subject, action, occurredAt: at, requestId: subject, requestKind: 'access' });
}

function rights(fields: Pick<RightsEvent, 'controller' | 'subject' | 'action' | 'occurredAt'> & Partial<RightsEvent>) {
  const rest = { purposes: [], requestId: null, requestKind: null, evidence: null };
  const event = { eventId: randomUUID(), service: 'privacy-desk', ...rest, ...fields };
  return { stream: 'rights', event } as StreamEvent;
}
