import type { Recipient } from '#libs/events';
import { fault, type Controller, type Fault } from './controller.js';
import type { Story, Use } from './story.js';

/** A factory with a webshop, job applicants and business partners; answers requests within a month. */
const purchase: Use = {
  service: 'webshop',
  purpose: 'purchase',
  legalBasis: 'contract',
  dataCategories: ['name', 'postal-address', 'email', 'phone', 'order-history', 'payment-information'],
};
const bookkeeping: Use = {
  service: 'accounting',
  purpose: 'statutory',
  legalBasis: 'legal_obligation',
  dataCategories: ['invoice-details', 'payment-information', 'name'],
};
const inquiry: Use = {
  service: 'customer-care',
  purpose: 'inquiries',
  legalBasis: 'legitimate_interests',
  dataCategories: ['email', 'name', 'correspondence'],
};
const claim: Use = {
  service: 'customer-care',
  purpose: 'withdrawal-and-complaints',
  legalBasis: 'contract',
  dataCategories: ['name', 'email', 'order-history', 'correspondence', 'uploaded-media'],
};
const defence: Use = { ...claim, legalBasis: 'legitimate_interests' };
const newsletter: Use = {
  service: 'newsletter',
  purpose: 'direct-marketing',
  legalBasis: 'legitimate_interests',
  dataCategories: ['email', 'name', 'order-history', 'demographics'],
};
const wantedNewsletter: Use = { ...newsletter, legalBasis: 'consent' };
const customised: Use = {
  service: 'analytics',
  purpose: 'customised-service',
  legalBasis: 'consent',
  dataCategories: ['order-history', 'demographics', 'browsing-behaviour', 'location'],
};
const website: Use = {
  service: 'website',
  purpose: 'website-necessary',
  legalBasis: 'legitimate_interests',
  dataCategories: ['ip-address', 'cookie-identifiers', 'device-information', 'site-preferences'],
};
const advertising: Use = {
  service: 'website',
  purpose: 'website-other',
  legalBasis: 'consent',
  dataCategories: ['cookie-identifiers', 'browsing-behaviour', 'ip-address'],
};
const application: Use = {
  service: 'hr',
  purpose: 'recruitment',
  legalBasis: 'contract',
  dataCategories: ['job-application', 'name', 'email', 'phone', 'correspondence'],
};
const partnership: Use = {
  service: 'crm',
  purpose: 'business-partners',
  legalBasis: 'legitimate_interests',
  dataCategories: ['business-contact', 'name', 'email', 'invoice-details', 'company-details'],
};
const burglary: Use = {
  service: 'legal',
  purpose: 'protection-of-rights',
  legalBasis: 'legitimate_interests',
  dataCategories: ['ip-address', 'name', 'postal-address'],
};

const carrier: Recipient = { name: 'Vestlandsbud', role: 'controller', sector: 'transport', country: 'NO' };
const bank: Recipient = { name: 'Fjordbanken', role: 'controller', sector: 'banking', country: 'NO' };
const mailHouse: Recipient = { name: 'Utsending', role: 'processor', sector: 'mailing', country: 'SE' };
const adNetwork: Recipient = { name: 'Annonsenett', role: 'controller', sector: 'advertising', country: 'NO' };
const police: Recipient = { name: 'Police', role: 'authority', sector: null, country: 'NO' };

function buy(story: Story): void {
  story.marketing('measured', 'web', website).newOrder().order('placed', purchase).share(bank, purchase);
  story.order('paid', purchase).order('other', bookkeeping).days(0, 3).share(carrier, purchase);
  story.order('shipped', purchase).days(1, 6).order('delivered', purchase);
}

function customer(story: Story): void {
  buy(story);
  for (let i = story.random.int(0, 4); i > 0; i--) {
    story.days(20, 60).marketing('sent', story.random.pick(['email', 'sms', 'post']), newsletter);
    if (story.random.chance(0.3)) story.share(mailHouse, newsletter);
  }
  if (story.random.chance(0.3)) {
    story.order('complaint_received', claim).order('dispute_opened', claim).days(1, 9).order('other', defence);
    story.days(3, 40).order('dispute_closed', claim);
  }
  if (story.random.chance(0.2)) {
    const refund: Use = { ...claim, dataCategories: ['name', 'email', 'payment-information'] };
    story.order('returned', claim).days(1, 6).order('refunded', refund);
  }
  if (story.random.chance(0.3)) story.days(5, 60).request('access', 2, 25);
  if (story.random.chance(0.2)) story.rights('objection_raised', ['direct-marketing']);
}

function followed(story: Story): void {
  story.rights('consent_given', ['customised-service', 'website-other', 'direct-marketing'], { evidence: 'banner' });
  for (let i = story.random.int(1, 4); i > 0; i--) {
    story.days(5, 30).marketing('profiled', 'web', customised, { personalised: true });
    story.marketing('displayed', 'web', advertising, { personalised: true }).share(adNetwork, advertising);
    if (story.random.chance(0.5)) story.marketing('sent', 'email', wantedNewsletter);
  }
  story.rights('consent_withdrawn').days(2, 20).rights('data_erased');
}

function applicant(story: Story): void {
  story.order('other', application, { orderId: null }).days(5, 40).order('other', application, { orderId: null });
  story.request('erasure', 1, 20).rights('data_erased', ['recruitment']);
}

function partner(story: Story): void {
  story.order('other', inquiry, { orderId: null, customerType: 'business' });
  for (let i = story.random.int(1, 3); i > 0; i--) {
    story.days(20, 90).order('other', partnership, { orderId: null, customerType: 'business' });
  }
}

const faults: readonly Fault[] = [
  fault('relationship-required', (story) => void story.marketing('sent', 'email', newsletter)),
  fault('relationship-required', (story) => {
    buy(story);
    story.days(380, 450).marketing('sent', 'sms', newsletter);
  }),
  fault('basis-not-applicable', (story) => {
    buy(story);
    story.order('complaint_received', claim).order('other', defence);
  }),
  fault('category-condition-unmet', (story) => {
    story.order('placed', { ...purchase, dataCategories: ['national-id', 'name'] });
    story.days(0, 2).order('cancelled', purchase);
  }),
  fault('judgement-required', (story) => {
    const justification = 'Two customers share name and address';
    story.order('other', { ...inquiry, dataCategories: ['national-id', 'name'] }, { orderId: null, justification });
  }),
  fault('transfer-undeclared', (story) => {
    buy(story);
    const usShop: Recipient = { name: 'Prairie Shops', role: 'processor', sector: 'hosting', country: 'US' };
    story.share(usShop, purchase, { safeguard: 'adequacy_decision' });
  }),
  fault('recipient-undeclared', (story) => {
    story.share({ name: 'Advokatene', role: 'controller', sector: 'consulting', country: 'NO' }, burglary);
  }),
  fault('recipient-use-undeclared', (story) => {
    buy(story);
    story.share(mailHouse, newsletter, { recipientUse: 'own_purposes' });
  }),
  fault('objection-overridden', (story) => {
    story.order('other', inquiry, { orderId: null }).rights('objection_raised', ['inquiries']);
    story.days(1, 9).order('other', inquiry, { orderId: null, justification: 'A threat to staff is followed up' });
  }),
  fault('objection-ignored', (story) => {
    buy(story);
    story.rights('objection_raised', ['direct-marketing']).days(5, 30).marketing('sent', 'email', newsletter);
  }),
  fault('restriction-ignored', (story) => {
    story.order('placed', purchase).rights('restriction_started').days(1, 3).order('shipped', purchase);
  }),
  fault('request-overdue', (story) => {
    buy(story);
    story.days(5, 60).request('access', 35, 60);
  }),
  fault('erasure-overdue', (story) => {
    story.rights('consent_given', ['customised-service']).days(1, 5).marketing('profiled', 'web', customised);
    story.days(5, 40).rights('consent_withdrawn', ['customised-service']).days(40, 70).rights('data_erased');
  }),
];

/** Data of a burglar, reported to the police: rare, but as declared. */
function reported(story: Story): void {
  story.share(police, burglary, { recipientUse: 'legal_duty' });
}

export const janus: Controller = {
  id: 'janus',
  tales: [customer, customer, customer, followed, followed, applicant, partner, reported],
  faults,
};
