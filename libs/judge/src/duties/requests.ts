import { addPeriod, day } from '../calendar.js';
import { dutyFinding, type DutyFinding, type Look, type OpenDuty, type Sweep } from './duty.js';

/** A request of a person, under its id. */
interface Request {
  readonly receivedAt: number;
  /** The first answer since, ms; null where none is on record. */
  answeredAt: number | null;
}

/**
 * request-overdue: a request unanswered at its due time, or answered after it. GDPR Art. 12(3), in the time that the
 * register gives. A request received again under the same id is the same request; its time runs from the first.
 */
export function overdueRequests(look: Look): DutyFinding[] {
  const { requests } = look.register;
  if (requests === null) return [];
  return [...requestsOf(look, look.known)].flatMap(([requestId, { receivedAt, answeredAt }]) => {
    const dueAt = addPeriod(receivedAt, requests.within);
    if (dueAt >= look.at || (answeredAt !== null && answeredAt <= dueAt)) return [];
    const message =
      `a request of ${day(receivedAt)} was to be answered within ${requests.within.iso}, by ${day(dueAt)}; ` +
      (answeredAt === null ? `it is unanswered on ${day(look.known)}` : `it was answered late, on ${day(answeredAt)}`);
    const of = { duty: 'request-overdue', purpose: null, requestId, dueAt, fulfilledAt: answeredAt } as const;
    return [dutyFinding(of, look, requests, 'violation', message)];
  });
}

/** Requests that wait for an answer which is not yet late. */
export function openRequests(sweep: Sweep): OpenDuty[] {
  const { requests } = sweep.register;
  if (requests === null) return [];
  return [...requestsOf(sweep, sweep.at)].flatMap(([requestId, { receivedAt, answeredAt }]) => {
    const dueAt = addPeriod(receivedAt, requests.within);
    if (answeredAt !== null || dueAt < sweep.at) return [];
    return [{ duty: 'request-overdue', purpose: null, requestId, dueAt, clause: requests.clause }];
  });
}

function requestsOf({ facts }: Pick<Sweep, 'facts'>, at: number): Map<string | null, Request> {
  const received = new Map<string | null, Request>();
  for (const act of facts.requests) {
    if (act.at > at) break;
    if (act.action === 'request_received' && !received.has(act.requestId)) {
      received.set(act.requestId, { receivedAt: act.at, answeredAt: null });
    }
  }
  if (received.size === 0) return received;
  for (const act of facts.requests) {
    if (act.at > at) break;
    const request = act.action === 'request_answered' ? received.get(act.requestId) : undefined;
    if (request?.answeredAt === null && act.at >= request.receivedAt) request.answeredAt = act.at;
  }
  return received;
}
