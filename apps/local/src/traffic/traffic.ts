import type { StreamEvent } from '#libs/events';
import type { Controller } from './controller.js';
import { janus } from './janus.js';
import { jetcards } from './jetcards.js';
import { jetkids } from './jetkids.js';
import { jetpak } from './jetpak.js';
import { kidssafety } from './kidssafety.js';
import { Random } from './random.js';
import { Story } from './story.js';

/** The controllers that sample traffic is made of. */
export const CONTROLLERS: readonly Controller[] = [jetkids, jetcards, kidssafety, janus, jetpak];

/** Stories begin this long before the end of the traffic. */
export const TRAFFIC_DAYS = 730;
const DAY = 24 * 60 * 60_000;

/** Gives 5 to 10 % of events with something wrong: a story with a fault has one or two among several. */
const FAULTY_STORIES = 0.55;

export interface TrafficOptions {
  /** The same seed (an integer) and `now` give the same events. */
  readonly seed: number;
  /** The end of the traffic, ms since the epoch. */
  readonly now: number;
}

/** Made-up customers of all five controllers. */
export interface Traffic {
  /**
   * The given number of events, of as many customers as it takes, in the order they happened and spread over the two
   * years before `now`. A story that has not ended by then, or by the last event, is cut short.
   */
  take(count: number): StreamEvent[];
}

export function createTraffic({ seed, now }: TrafficOptions): Traffic {
  return {
    take(count) {
      const events: StreamEvent[] = [];
      for (let number = 0; events.length < count; number++) {
        for (const event of tell(seed, number, now)) if (event.event.occurredAt <= now) events.push(event);
      }
      return events.sort((a, b) => a.event.occurredAt - b.event.occurredAt).slice(0, count);
    },
  };
}

function tell(seed: number, number: number, now: number): readonly StreamEvent[] {
  const random = new Random(seed, number);
  const controller = CONTROLLERS[number % CONTROLLERS.length]!;
  const story = new Story(random, controller.id, now - random.int(0, TRAFFIC_DAYS * DAY));
  if (random.chance(FAULTY_STORIES)) random.pick(controller.faults).tell(story);
  else random.pick(controller.tales)(story);
  return story.events;
}
