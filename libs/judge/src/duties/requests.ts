import { addPeriod, day } from '../calendar.js';
import { lowerBound } from '../facts/sorted.js';
import type { RightsFact } from '../fact.js';
import { breachToTell, dutyFinding, type DutyFinding, type Look, type OpenDuty, type Sweep } from './duty.js';

/** A request of a person. */
interface Request {
  readonly receivedAt: number;
  /** The first answer since, ms; null where none is on record. */
  readonly answeredAt: number | null;
}

/**
 * request-overdue: a request unanswered at its due time, or answered after it. GDPR Art. 12(3), in the time that the
 * register gives. A request received again under the same id is the same request; its time runs from the first. Without
 * an id it is the same until one without an id is answered.
 */
export function overdueRequests(look: Look): DutyFinding[] {
  const { requests } = look.register;
  if (requests === null) return [];
  return [...requestsOf(look, look.known)].flatMap(([requestId, all]) => {
    const breaches = all.map(({ receivedAt, answeredAt }) => {
      return { receivedAt, dueAt: addPeriod(receivedAt, requests.within), fulfilledAt: answeredAt };
    });
    const told = breachToTell(
      breaches.filter(({ dueAt, fulfilledAt }) => dueAt < look.at && (fulfilledAt === null || fulfilledAt > dueAt)),
    );
    if (told === undefined) return [];
    const { receivedAt, dueAt, fulfilledAt } = told;
    const message =
      `a request of ${day(receivedAt)} was to be answered within ${requests.within.iso}, by ${day(dueAt)}; ` +
      (fulfilledAt === null
        ? `it is unanswered on ${day(look.known)}`
        : `it was answered late, on ${day(fulfilledAt)}`);
    const of = { duty: 'request-overdue', purpose: null, requestId, dueAt, fulfilledAt } as const;
    return [dutyFinding(of, look, requests, 'violation', message)];
  });
}

/** Requests that wait for an answer which is not yet late. */
export function openRequests(sweep: Sweep): OpenDuty[] {
  const { requests } = sweep.register;
  if (requests === null) return [];
  return [...requestsOf(sweep, sweep.at)].flatMap(([requestId, all]) =>
    all.flatMap(({ receivedAt, answeredAt }) => {
      const dueAt = addPeriod(receivedAt, requests.within);
      if (answeredAt !== null || dueAt < sweep.at) return [];
      return [{ duty: 'request-overdue', purpose: null, requestId, dueAt, clause: requests.clause }];
    }),
  );
}

/** The requests received up to `at`, by id, in order of time. */
function requestsOf({ facts }: Pick<Sweep, 'facts'>, at: number): Map<string | null, readonly Request[]> {
  const received = new Map<string | null, RightsFact[]>();
  const answers = new Map<string | null, RightsFact[]>();
  for (const act of facts.requests) {
    if (act.at > at) break;
    const acts = act.action === 'request_received' ? received : answers;
    const list = acts.get(act.requestId);
    if (list === undefined) acts.set(act.requestId, [act]);
    else list.push(act);
  }
  return new Map(Array.from(received, ([id, list]) => [id, paired(list, answers.get(id) ?? [], id !== null)]));
}

/** @param isOne whether all are one request */
function paired(received: readonly RightsFact[], answers: readonly RightsFact[], isOne: boolean): Request[] {
  const requests: Request[] = [];
  for (const { at: receivedAt } of received) {
    const last = requests.at(-1);
    if (last !== undefined && (isOne || last.answeredAt === null || last.answeredAt >= receivedAt)) continue;
    requests.push({ receivedAt, answeredAt: answers[lowerBound(answers, receivedAt)]?.at ?? null });
  }
  return requests;
}
