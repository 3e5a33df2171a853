import type { Recipient } from '#libs/events';
import { fault, type Controller, type Fault } from './controller.js';
import type { Story, Use } from './story.js';

/** A webshop for children's things: orders, newsletters to customers, web advertising on consent. */
const contract: Use = {
  service: 'webshop',
  purpose: 'contract',
  legalBasis: 'contract',
  dataCategories: ['name', 'postal-address', 'email', 'phone', 'order-history', 'account-username'],
};
const notice: Use = {
  ...contract,
  service: 'mailer',
  purpose: 'service-communication',
  dataCategories: ['email', 'name'],
};
const newsletter: Use = {
  service: 'newsletter',
  purpose: 'marketing',
  legalBasis: 'legitimate_interests',
  dataCategories: ['email', 'name', 'order-history', 'marketing-preferences', 'demographics'],
};
const wantedNewsletter: Use = { ...newsletter, legalBasis: 'consent' };
const analytics: Use = {
  service: 'website',
  purpose: 'website-analytics',
  legalBasis: 'legitimate_interests',
  dataCategories: ['browsing-behaviour', 'ip-address', 'cookie-identifiers', 'device-information'],
};
const advertising: Use = {
  service: 'website',
  purpose: 'website-advertising',
  legalBasis: 'consent',
  dataCategories: ['cookie-identifiers', 'browsing-behaviour', 'device-information', 'demographics'],
};
const research: Use = {
  service: 'surveys',
  purpose: 'market-research',
  legalBasis: 'legitimate_interests',
  dataCategories: ['email', 'order-history', 'form-answers', 'demographics'],
};
const quality: Use = {
  ...research,
  service: 'reports',
  purpose: 'quality-management',
  dataCategories: ['order-history'],
};
const partners: Use = {
  service: 'partners',
  purpose: 'third-party-marketing',
  legalBasis: 'consent',
  dataCategories: ['name', 'email', 'order-history'],
};

const carrier: Recipient = { name: 'Fjordfrakt', role: 'processor', sector: 'transport', country: 'NO' };
const payments: Recipient = { name: 'Betalnett', role: 'processor', sector: 'payment', country: 'SE' };
const adNetwork: Recipient = { name: 'Wide Banner', role: 'processor', sector: 'advertising', country: 'US' };
const counter: Recipient = { name: 'Tellverk', role: 'processor', sector: 'analytics', country: 'IE' };
const sister: Recipient = { name: 'JetKids Lager', role: 'group_company', sector: null, country: 'NO' };
const toyMaker: Recipient = { name: 'Klossen', role: 'controller', sector: null, country: 'DK' };

function visit(story: Story): void {
  story.marketing('measured', 'web', analytics);
  if (story.random.chance(0.5)) story.share(counter, analytics);
}

function buy(story: Story): void {
  story.newOrder().order('placed', contract).share(payments, contract).order('paid', contract);
  story.marketing('sent', 'email', notice).days(0, 2).share(carrier, contract).order('shipped', contract);
  story.days(1, 4).order('delivered', contract);
}

function newsletters(story: Story, use: Use, count: number): void {
  for (let i = 0; i < count; i++) story.days(20, 40).marketing('sent', story.random.pick(['email', 'sms']), use);
}

function customer(story: Story): void {
  visit(story);
  buy(story);
  newsletters(story, newsletter, story.random.int(1, 6));
  if (story.random.chance(0.4)) story.marketing('surveyed', 'email', research);
  if (story.random.chance(0.3)) story.share(sister, quality);
  if (story.random.chance(0.4)) buy(story);
  if (story.random.chance(0.3)) story.rights('objection_raised', ['marketing']);
  if (story.random.chance(0.2)) story.days(1, 5).order('returned', contract).order('refunded', contract);
}

function prospect(story: Story): void {
  visit(story);
  story.rights('consent_given', ['marketing', 'website-advertising'], { evidence: 'banner' });
  story.marketing('displayed', 'web', advertising, { personalised: true });
  story.share(adNetwork, advertising, { safeguard: 'adequacy_decision' });
  newsletters(story, wantedNewsletter, story.random.int(1, 4));
  story.rights('consent_withdrawn', ['marketing', 'website-advertising']);
  if (story.random.chance(0.5)) story.days(1, 20).rights('data_erased');
}

function curious(story: Story): void {
  buy(story);
  story.rights('consent_given', ['third-party-marketing']).share(toyMaker, partners, { recipientUse: 'own_marketing' });
  story.days(10, 60).request('access', 2, 25);
  if (story.random.chance(0.5)) story.request('erasure', 1, 20).rights('data_erased');
}

const faults: readonly Fault[] = [
  fault('consent-withdrawn', (story) => {
    prospect(story);
    story.days(1, 10).marketing('sent', 'email', wantedNewsletter);
  }),
  fault('objection-ignored', (story) => {
    buy(story);
    story.rights('objection_raised', ['marketing']);
    newsletters(story, newsletter, 2);
  }),
  fault('relationship-required', (story) => void story.marketing('sent', 'email', newsletter)),
  fault('consent-missing', (story) => void story.marketing('displayed', 'web', advertising)),
  fault('consent-not-specific', (story) => void story.rights('consent_given')),
  fault('category-excluded', (story) => {
    story.order('placed', contract).order('paid', { ...contract, dataCategories: ['payment-card', 'name'] });
  }),
  fault(
    'category-undeclared',
    (story) => void story.order('placed', { ...contract, dataCategories: ['national-id', 'name'] }),
  ),
  fault('category-condition-unmet', (story) => {
    buy(story);
    story.marketing('sent', 'email', { ...newsletter, dataCategories: ['cookie-identifiers', 'email'] });
  }),
  fault('basis-undeclared', (story) => {
    buy(story);
    story.order('other', { ...contract, purpose: 'legal-compliance', legalBasis: 'legal_obligation' });
  }),
  fault('purpose-undeclared', (story) => {
    buy(story);
    story.marketing('profiled', 'web', { ...newsletter, purpose: 'credit-scoring' });
  }),
  fault('recipient-undeclared', (story) => {
    buy(story);
    story.share({ name: 'Trygghet', role: 'processor', sector: 'insurance', country: 'NO' }, contract);
  }),
  fault('recipient-use-undeclared', (story) => {
    buy(story);
    story.share(carrier, contract, { recipientUse: 'own_marketing' });
  }),
  fault('transfer-not-permitted', (story) => {
    buy(story);
    story.share({ ...payments, name: 'Straits Pay', country: 'SG' }, contract);
  }),
  fault('retention-exceeded', (story) => {
    buy(story);
    const social: Use = { ...newsletter, dataCategories: ['social-profile'] };
    story.days(2, 9).marketing('segmented', 'social', social, { collectedAt: story.daysAgo(2) });
  }),
];

export const jetkids: Controller = { id: 'jetkids', tales: [customer, customer, prospect, curious], faults };
