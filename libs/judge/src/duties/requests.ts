import { addPeriod, day } from '../calendar.js';
import { actsOf, dutyFinding, type DutyFinding, type Sweep } from './duty.js';

/**
 * request-overdue: a request unanswered at its due time, or answered after it. GDPR Art. 12(3), in the time that the
 * register gives. A request received again under the same id is the same request; its time runs from the first.
 */
export function overdueRequests(sweep: Sweep): DutyFinding[] {
  const { requests } = sweep.register;
  if (requests === null) return [];
  const received = new Map<string | null, number>();
  for (const { requestId, at } of actsOf(sweep, 'request_received')) {
    if (!received.has(requestId)) received.set(requestId, at);
  }
  const answers = actsOf(sweep, 'request_answered');
  return [...received].flatMap(([requestId, receivedAt]) => {
    const dueAt = addPeriod(receivedAt, requests.within);
    const answer = answers.find((act) => act.requestId === requestId && act.at >= receivedAt);
    if ((answer?.at ?? sweep.at) <= dueAt) return [];
    const fulfilledAt = answer?.at ?? null;
    const message =
      `a request of ${day(receivedAt)} was to be answered within ${requests.within.iso}, by ${day(dueAt)}; ` +
      (fulfilledAt === null ? `it is unanswered on ${day(sweep.at)}` : `it was answered late, on ${day(fulfilledAt)}`);
    const of = { duty: 'request-overdue', purpose: null, requestId, dueAt, fulfilledAt } as const;
    return [dutyFinding(of, sweep, requests, 'violation', message)];
  });
}
