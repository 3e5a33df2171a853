import type {
  Channel,
  LegalBasis,
  MarketingAction,
  MarketingEvent,
  OrderAction,
  OrderEvent,
  Recipient,
  RightsAction,
  RightsEvent,
  SharingEvent,
  StreamEvent,
} from '#libs/events';
import type { Random } from './random.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What a use of data is for, on what basis, of which categories. */
export interface Use {
  readonly service: string;
  readonly purpose: string;
  readonly legalBasis: LegalBasis;
  readonly dataCategories: readonly string[];
}

type Extra<Event> = Partial<Event>;

/** The events of one customer of one controller, in the order they happen, as they are told. */
export class Story {
  readonly events: StreamEvent[] = [];
  readonly subject: string;
  /** The order that order events are about; {@link newOrder} begins the next. */
  orderId: string;
  #at: number;
  readonly #began: number;

  constructor(
    readonly random: Random,
    readonly controller: string,
    began: number,
  ) {
    this.#began = began;
    this.#at = began;
    this.subject = random.id('c');
    this.orderId = random.id('o');
  }

  /** Lets some minutes pass. */
  minutes(min: number, max: number): this {
    this.#at += this.random.int(min * MINUTE, max * MINUTE);
    return this;
  }

  /** Lets some days pass. */
  days(min: number, max: number): this {
    this.#at += this.random.int(min * DAY, max * DAY);
    return this;
  }

  newOrder(): this {
    this.orderId = this.random.id('o');
    return this;
  }

  /** An instant so many days before now. */
  daysAgo(days: number): number {
    return this.#at - days * DAY;
  }

  order(action: OrderAction, use: Use, extra: Extra<OrderEvent> = {}): this {
    const event: OrderEvent = { ...this.#use(use), action, orderId: this.orderId, customerType: 'private', ...extra };
    return this.#add({ stream: 'orders', event });
  }

  marketing(action: MarketingAction, channel: Channel, use: Use, extra: Extra<MarketingEvent> = {}): this {
    return this.#add({
      stream: 'marketing',
      event: { ...this.#use(use), action, channel, personalised: false, ...extra },
    });
  }

  share(recipient: Recipient, use: Use, extra: Extra<SharingEvent> = {}): this {
    const event: SharingEvent = {
      ...this.#use(use),
      recipient,
      recipientUse: recipient.role === 'processor' ? 'on_behalf' : 'own_purposes',
      safeguard: 'none',
      undertakings: recipient.role === 'processor' ? ['confidentiality', 'processing_agreement'] : [],
      ...extra,
    };
    return this.#add({ stream: 'sharing', event });
  }

  rights(action: RightsAction, purposes: readonly string[] = [], extra: Extra<RightsEvent> = {}): this {
    const service = action.startsWith('consent') ? 'consent-centre' : 'privacy-desk';
    const nothing = { requestId: null, requestKind: null, evidence: null };
    const event = { ...this.#base(service), action, purposes: [...purposes], ...nothing, ...extra };
    return this.#add({ stream: 'rights', event });
  }

  /** A request and, some days later, its answer. */
  request(requestKind: NonNullable<RightsEvent['requestKind']>, minDays: number, maxDays: number): this {
    const requestId = this.random.id('rq');
    return this.rights('request_received', [], { requestId, requestKind })
      .days(minDays, maxDays)
      .rights('request_answered', [], { requestId, requestKind });
  }

  #base(service: string): {
    eventId: string;
    occurredAt: number;
    controller: string;
    service: string;
    subject: string;
  } {
    const { random, controller, subject } = this;
    return { eventId: random.uuid(), occurredAt: this.#at, controller, service, subject };
  }

  /** Data that is used was collected when the story began, if the service knows. */
  #use(use: Use): Omit<OrderEvent, 'action' | 'orderId' | 'customerType'> {
    return {
      ...this.#base(use.service),
      purpose: use.purpose,
      legalBasis: use.legalBasis,
      dataCategories: this.random.some(use.dataCategories),
      collectedAt: this.random.chance(0.7) ? this.#began : null,
      justification: null,
    };
  }

  /** One thing takes a little while before the next. */
  #add(event: StreamEvent): this {
    this.events.push(event);
    return this.minutes(1, 20);
  }
}
