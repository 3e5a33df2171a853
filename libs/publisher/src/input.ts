import {
  parseEvent,
  STREAMS,
  toIsoTime,
  type MarketingEvent,
  type OrderEvent,
  type Recipient,
  type RightsEvent,
  type SharingEvent,
  type StreamEvent,
} from '#libs/events';

/** A time: a Date, ms since the epoch, or ISO 8601 UTC text. */
export type Instant = Date | number | string;

type TimeField = 'occurredAt' | 'collectedAt';
/** Fields with a default other than null. */
type DefaultedField = 'customerType' | 'personalised' | 'safeguard' | 'undertakings' | 'purposes';

type OptionalField<Event> = {
  [Field in keyof Event]: null extends Event[Field] ? Field : Field extends DefaultedField ? Field : never;
}[keyof Event];

type FieldInput<Field, Value> = Field extends TimeField
  ? Instant | Extract<Value, null>
  : Value extends Recipient
    ? Input<Recipient>
    : Value extends readonly (infer Item)[]
      ? readonly Item[]
      : Value;

/** An event as a publisher writes it: times in any form, fields with a default left out at will. */
export type Input<Event> = {
  readonly [Field in Exclude<keyof Event, OptionalField<Event>>]: FieldInput<Field, Event[Field]>;
} & {
  readonly [Field in OptionalField<Event>]?: FieldInput<Field, Event[Field]> | undefined;
};

/** What is published: the stream and its event. */
export type Publishable =
  | { readonly stream: 'orders'; readonly event: Input<OrderEvent> }
  | { readonly stream: 'marketing'; readonly event: Input<MarketingEvent> }
  | { readonly stream: 'sharing'; readonly event: Input<SharingEvent> }
  | { readonly stream: 'rights'; readonly event: Input<RightsEvent> };

/** What is wrong with one of the events given to `publish`. */
export interface InvalidEvent {
  /** Its place among the events given, from 0. */
  readonly index: number;
  /** Each names a field; none quotes content. */
  readonly faults: readonly string[];
}

/** Some events break their schema; none of the events given together was published. */
export class InvalidEventError extends Error {
  override readonly name = 'InvalidEventError';
  readonly invalid: readonly InvalidEvent[];

  constructor(invalid: readonly InvalidEvent[]) {
    super(invalid.map(({ index, faults }) => `event ${index}: ${faults.join('; ')}`).join('\n'));
    this.invalid = invalid;
  }
}

/**
 * Validates events and fills in their defaults.
 *
 * @throws InvalidEventError naming every fault of every event
 */
export function toEvents(inputs: readonly Publishable[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const invalid: InvalidEvent[] = [];
  inputs.forEach(({ stream, event }, index) => {
    // Not every caller is compiled against these types.
    if (!STREAMS.includes(stream)) {
      invalid.push({ index, faults: [`\`stream\` is none of ${STREAMS.join(', ')}`] });
      return;
    }
    const parsed = parseEvent(stream, withIsoTimes(event));
    if (parsed.ok) events.push(parsed.event);
    else invalid.push({ index, faults: parsed.faults });
  });
  if (invalid.length > 0) throw new InvalidEventError(invalid);
  return events;
}

function withIsoTimes(event: unknown): unknown {
  if (typeof event !== 'object' || event === null) return event;
  const json: Record<string, unknown> = { ...event };
  for (const field of ['occurredAt', 'collectedAt'] satisfies TimeField[]) {
    const value = json[field];
    const ms = value instanceof Date ? value.getTime() : value;
    // What is no time is left as it is, for the validation to name.
    if (typeof ms === 'number' && Math.abs(ms) <= 8.64e15) json[field] = toIsoTime(ms);
  }
  return json;
}
