import type { Recipient } from '#libs/events';
import { fault, type Controller, type Fault } from './controller.js';
import type { Story, Use } from './story.js';

/** A small webshop that delivers orders and nothing else: no marketing. */
const delivery: Use = {
  service: 'webshop',
  purpose: 'order-delivery',
  legalBasis: 'contract',
  dataCategories: ['name', 'postal-address', 'phone', 'email', 'order-history'],
};
const payment: Use = {
  ...delivery,
  service: 'payments',
  purpose: 'payment',
  dataCategories: ['name', 'order-history'],
};
const returns: Use = { ...delivery, service: 'service-desk', purpose: 'returns-and-warranty' };
const complaint: Use = { ...delivery, service: 'service-desk', purpose: 'complaints', legalBasis: 'legal_obligation' };

const labels: Recipient = { name: 'pakkelabels.dk', role: 'processor', sector: 'transport', country: 'DK' };
const yourpay: Recipient = { name: 'Yourpay', role: 'processor', sector: 'payment', country: 'DK' };
const hosting: Recipient = { name: 'Serverhuset', role: 'processor', sector: 'hosting', country: 'DE' };

function buy(story: Story): void {
  story.newOrder().order('placed', delivery).share(yourpay, payment).order('paid', payment);
  story.days(0, 2).share(labels, delivery).order('shipped', delivery).days(1, 5).order('delivered', delivery);
}

function customer(story: Story): void {
  buy(story);
  if (story.random.chance(0.5)) story.share(hosting, delivery);
  if (story.random.chance(0.3)) {
    story.days(2, 14).order('returned', returns).days(1, 6).order('refunded', returns);
  }
  if (story.random.chance(0.3)) story.days(30, 300).order('warranty_claimed', returns);
  if (story.random.chance(0.3)) {
    story.days(1, 30).order('complaint_received', complaint).order('dispute_opened', complaint);
    story.days(5, 60).order('dispute_closed', complaint);
  }
  if (story.random.chance(0.4)) {
    story.days(20, 200);
    buy(story);
  }
  if (story.random.chance(0.2)) story.days(5, 50).request('access', 1, 25);
}

function cancelled(story: Story): void {
  story.order('placed', delivery).days(0, 1).order('cancelled', delivery);
  if (story.random.chance(0.3)) story.request('erasure', 1, 14).rights('data_erased');
}

const faults: readonly Fault[] = [
  fault('purpose-undeclared', (story) => {
    buy(story);
    const newsletter: Use = { ...delivery, service: 'newsletter', purpose: 'marketing' };
    story.days(20, 60).marketing('sent', 'email', newsletter);
  }),
  fault('retention-exceeded', (story) => {
    buy(story);
    story.order('warranty_claimed', returns, { collectedAt: story.daysAgo(6 * 365) });
  }),
  fault('recipient-undeclared', (story) => {
    buy(story);
    story.share({ name: 'Nordbud', role: 'processor', sector: 'transport', country: 'SE' }, delivery);
  }),
  fault('category-excluded', (story) => {
    story.order('placed', delivery).order('paid', { ...payment, dataCategories: ['payment-card', 'name'] });
  }),
  fault('category-undeclared', (story) => {
    buy(story);
    story.order('returned', { ...returns, dataCategories: ['date-of-birth', 'name'] });
  }),
  fault('basis-not-stated', (story) => {
    buy(story);
    story.order('warranty_claimed', { ...returns, legalBasis: 'legitimate_interests' });
  }),
  fault('transfer-not-permitted', (story) => {
    buy(story);
    story.share({ ...hosting, name: 'Ganga Servers', country: 'IN' }, returns, {
      safeguard: 'standard_contractual_clauses',
    });
  }),
];

export const kidssafety: Controller = { id: 'kidssafety', tales: [customer, customer, customer, cancelled], faults };
