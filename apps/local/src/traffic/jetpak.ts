import type { Recipient } from '#libs/events';
import { fault, type Controller, type Fault } from './controller.js';
import type { Story, Use } from './story.js';

/** A courier: shipments on contract, sales calls, marketing by consent or by post. */
const shipment: Use = {
  service: 'booking',
  purpose: 'contract-administration',
  legalBasis: 'contract',
  dataCategories: ['name', 'postal-address', 'phone', 'email', 'order-history', 'payment-information'],
};
const defence: Use = { ...shipment, service: 'claims', legalBasis: 'legitimate_interests' };
const electronic: Use = {
  service: 'newsletter',
  purpose: 'marketing',
  legalBasis: 'consent',
  dataCategories: ['email', 'name', 'order-history', 'browsing-behaviour'],
};
const postal: Use = {
  ...electronic,
  legalBasis: 'legitimate_interests',
  dataCategories: ['postal-address', 'name', 'order-history'],
};
const sales: Use = {
  service: 'crm',
  purpose: 'sales',
  legalBasis: 'legitimate_interests',
  dataCategories: ['phone', 'name', 'communication-notes', 'form-answers'],
};
const development: Use = {
  service: 'reports',
  purpose: 'business-development',
  legalBasis: 'legitimate_interests',
  dataCategories: ['order-history', 'shipment-details', 'purchase-habits'],
};
const bookkeeping: Use = {
  service: 'accounting',
  purpose: 'legal-obligations',
  legalBasis: 'legal_obligation',
  dataCategories: ['invoice-details', 'order-history'],
};
const crime: Use = { ...bookkeeping, service: 'security', legalBasis: 'public_task' };
const takeover: Use = { ...sales, service: 'legal', purpose: 'company-acquisition' };

const police: Recipient = { name: 'Police', role: 'authority', sector: null, country: 'SE' };
const rival: Recipient = { name: 'Nordisk Kurer', role: 'acquirer', sector: 'transport', country: 'SE' };

function send(story: Story): void {
  story.newOrder().order('placed', shipment).minutes(30, 600).order('shipped', shipment);
  story.minutes(60, 2000).order('delivered', shipment).days(5, 20).order('paid', shipment);
  if (story.random.chance(0.5)) story.order('other', bookkeeping);
}

function sender(story: Story): void {
  for (let i = story.random.int(1, 4); i > 0; i--) {
    send(story);
    story.days(10, 60);
  }
  if (story.random.chance(0.5)) story.marketing('segmented', 'web', development);
  if (story.random.chance(0.5)) story.marketing('sent', 'post', postal);
  if (story.random.chance(0.4))
    story.marketing('sent', 'phone', sales).days(10, 50).marketing('sent', 'in_person', sales);
  if (story.random.chance(0.2)) {
    story
      .order('dispute_opened', shipment)
      .days(1, 9)
      .order('other', defence)
      .days(1, 40)
      .order('dispute_closed', shipment);
  }
  if (story.random.chance(0.05)) story.share(police, crime, { recipientUse: 'legal_duty' });
  if (story.random.chance(0.05)) story.share(rival, takeover);
}

function company(story: Story): void {
  const business = { customerType: 'business' } as const;
  story.order('placed', shipment, business).minutes(30, 600).order('delivered', shipment, business);
  story.days(20, 30).order('paid', shipment, business).marketing('sent', 'email', sales);
  story.days(30, 90).marketing('surveyed', 'phone', sales);
}

function reader(story: Story): void {
  send(story);
  story.rights('consent_given', ['marketing'], { evidence: 'form' });
  for (let i = story.random.int(1, 6); i > 0; i--) {
    story.days(10, 40).marketing('sent', 'email', electronic, { personalised: story.random.chance(0.5) });
  }
  story.rights('consent_withdrawn', ['marketing']);
}

function prospect(story: Story): void {
  story.marketing('sent', 'phone', sales).days(20, 90).marketing('sent', 'email', sales);
  if (story.random.chance(0.5)) story.rights('objection_raised', ['sales']).rights('data_erased', ['sales']);
  else story.days(20, 150).rights('data_erased');
}

const faults: readonly Fault[] = [
  fault('basis-not-applicable', (story) => {
    send(story);
    story.days(5, 30).marketing('sent', 'sms', { ...postal, dataCategories: ['phone', 'name'] });
  }),
  fault('basis-not-applicable', (story) => {
    send(story);
    story.days(5, 30).order('other', defence);
  }),
  fault(
    'retention-exceeded',
    (story) => void story.marketing('sent', 'phone', sales, { collectedAt: story.daysAgo(430) }),
  ),
  fault(
    'retention-overdue',
    (story) => void story.marketing('sent', 'phone', sales).days(30, 90).marketing('sent', 'phone', sales),
  ),
  fault('category-condition-unmet', (story) => {
    const identified: Use = { ...shipment, dataCategories: ['national-id', 'name'] };
    story.order('placed', identified, { customerType: 'business' }).days(0, 1).order('cancelled', shipment);
  }),
  fault('category-undeclared', (story) => {
    send(story);
    story.marketing('segmented', 'web', { ...development, dataCategories: ['location', 'order-history'] });
  }),
  fault('recipient-undeclared', (story) => {
    send(story);
    story.share({ name: 'Lastebilen', role: 'processor', sector: 'transport', country: 'NO' }, shipment);
  }),
  fault('recipient-condition-unmet', (story) => {
    send(story);
    story.share({ ...rival, name: 'Kjøpesenteret', sector: 'advertising' }, takeover);
  }),
  fault('objection-ignored', (story) => {
    send(story);
    story.rights('objection_raised', ['sales']).days(5, 40).marketing('sent', 'phone', sales);
  }),
  fault('consent-withdrawn', (story) => {
    reader(story);
    story.days(5, 20).marketing('sent', 'email', electronic);
  }),
  fault('transfer-undeclared', (story) => {
    send(story);
    story.share({ ...police, country: 'US' }, crime, { recipientUse: 'legal_duty' });
  }),
];

export const jetpak: Controller = { id: 'jetpak', tales: [sender, sender, company, reader, prospect], faults };
