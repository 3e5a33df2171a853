import { recordKey, type StreamEvent } from '#libs/events';
import { CONTROLLERS, createTraffic } from '../../apps/local/src/traffic/traffic.js';
import { Random } from '../../apps/local/src/traffic/random.js';
import { Zipf } from './zipf.js';

export interface LoadOptions {
  readonly seed: number;
  readonly events: number;
  /** Data subjects of all controllers together that events are drawn for; those that come anew are beside them. */
  readonly subjects: number;
}

/** An event and when it reached Kafka, ms since the epoch. */
export interface LoadedEvent {
  readonly event: StreamEvent;
  readonly timestamp: number;
}

/** The exponent of YCSB's request distribution (Cooper et al., "Benchmarking Cloud Serving Systems", 2010). */
const ZIPF_EXPONENT = 0.99;
const NEW_SUBJECTS = 0.05;
const RIGHTS = 0.02;
const LATE = 0.01;

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const MOST_LATE = 30 * DAY;
/** The load spreads evenly over these two years. */
const FROM = Date.UTC(2024, 0, 1);
const TO = Date.UTC(2026, 0, 1);

/** Sample traffic that the stories of the load are taken from. */
const POOL = 20_000;

/** What a subject is living through: a story of the sample traffic, told again under other ids. */
interface Life {
  story: Story;
  next: number;
  /** Ends the ids of this story's orders and requests, so that they are not those of the same story told before. */
  suffix: string;
}

interface Stories {
  /** Without restrictions, which would outlast the story and forbid all that the subject goes on to live through. */
  readonly withRights: readonly Story[];
  /** What is left of stories without the rights events and what rests on consent. */
  readonly without: readonly Story[];
}

type Story = readonly StreamEvent[];

/**
 * Events of all five controllers in the order of their timestamps, no two at the same. Each subject lives through one
 * story of the sample traffic after another, an event whenever it is drawn: by Zipf's law, or, 5 % of the time, a
 * subject never seen before. Stories are chosen so that 2 % are rights events. 1 % come late, up to 30 days after they
 * occurred; the others occurred at their timestamp. The same options give the same events.
 */
export function* load({ seed, events, subjects }: LoadOptions): Generator<LoadedEvent> {
  const random = new Random(seed, 0);
  const zipf = new Zipf(subjects, ZIPF_EXPONENT);
  const stories = storiesByController(seed);
  const lives = new Map<number, Life>();
  let unseen = subjects;
  let rights = 0;
  for (let i = 0; i < events; i++) {
    const number = random.chance(NEW_SUBJECTS) ? unseen++ : zipf.draw(random);
    let life = lives.get(number);
    if (life === undefined || life.next === life.story.length) {
      const { withRights, without } = stories[number % stories.length]!;
      const story = random.pick(rights < i * RIGHTS ? withRights : without);
      lives.set(number, (life = { story, next: 0, suffix: `.${i.toString(36)}` }));
    }
    const template = life.story[life.next++]!;
    if (template.stream === 'rights') rights++;
    const timestamp = FROM + Math.floor((i / events) * (TO - FROM));
    const occurredAt = random.chance(LATE) ? timestamp - random.int(10 * MINUTE, MOST_LATE) : timestamp;
    yield { event: retell(template, life, random.uuid(), subjectId(number), occurredAt), timestamp };
  }
}

function storiesByController(seed: number): Stories[] {
  const events = createTraffic({ seed, now: TO }).take(POOL);
  const stories = [...Map.groupBy(events, ({ event }) => recordKey(event)).values()];
  return CONTROLLERS.map(({ id }) => {
    const own = stories.filter((story) => story[0]?.event.controller === id);
    return {
      withRights: own.filter((story) => story.some(isRights) && !story.some(restricts)),
      without: own.map((story) => story.filter(needsNoRights)).filter((story) => story.length > 0),
    };
  });
}

function isRights({ stream }: StreamEvent): boolean {
  return stream === 'rights';
}

function restricts({ event }: StreamEvent): boolean {
  return 'action' in event && event.action === 'restriction_started';
}

function needsNoRights({ stream, event }: StreamEvent): boolean {
  return stream !== 'rights' && event.legalBasis !== 'consent';
}

function subjectId(number: number): string {
  return `c-${number.toString(16).padStart(8, '0')}`;
}

/** The event under new ids, at another time; the data it uses is as old as before. */
function retell(
  template: StreamEvent,
  { suffix }: Life,
  eventId: string,
  subject: string,
  occurredAt: number,
): StreamEvent {
  const own = { eventId, subject, occurredAt };
  const id = (known: string | null): string | null => (known === null ? null : known + suffix);
  if (template.stream === 'rights') {
    return { stream: 'rights', event: { ...template.event, ...own, requestId: id(template.event.requestId) } };
  }
  const { collectedAt, occurredAt: before } = template.event;
  const used = { ...own, collectedAt: collectedAt === null ? null : occurredAt - (before - collectedAt) };
  if (template.stream === 'orders') {
    return { stream: 'orders', event: { ...template.event, ...used, orderId: id(template.event.orderId) } };
  }
  return { ...template, event: { ...template.event, ...used } } as StreamEvent;
}
