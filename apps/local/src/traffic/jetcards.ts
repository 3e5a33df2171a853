import type { Recipient } from '#libs/events';
import { fault, type Controller, type Fault } from './controller.js';
import type { Story, Use } from './story.js';

/** An online service that takes consent at registration; marketing needs one of its own. */
const contract: Use = {
  service: 'accounts',
  purpose: 'contract',
  legalBasis: 'contract',
  dataCategories: ['name', 'email', 'company-details', 'account-username', 'account-password'],
};
const payment: Use = {
  ...contract,
  service: 'billing',
  dataCategories: ['payment-card', 'payment-information', 'name'],
};
const notice: Use = { ...contract, service: 'mailer', purpose: 'service-notices', dataCategories: ['email', 'name'] };
const onConsent = (service: string, purpose: string, ...dataCategories: string[]): Use => ({
  service,
  purpose,
  legalBasis: 'consent',
  dataCategories,
});
const newsletter = onConsent('newsletter', 'marketing', 'email', 'name', 'order-history', 'browsing-behaviour');
const improvement = onConsent('website', 'site-improvement', 'browsing-behaviour', 'device-information', 'ip-address');
const features = onConsent('website', 'interactive-features', 'account-username', 'user-content', 'location');
const survey = onConsent('surveys', 'surveys', 'email', 'form-answers', 'company-details');
const assistance = onConsent('helpdesk', 'assistance', 'email', 'correspondence', 'device-information');
const fraudCheck: Use = {
  service: 'billing',
  purpose: 'fraud-and-credit-risk',
  legalBasis: 'legal_obligation',
  dataCategories: ['name', 'payment-information', 'ip-address'],
};
const authorityAnswer: Use = { ...fraudCheck, service: 'legal', purpose: 'legal-compliance' };

const helpdesk: Recipient = { name: 'Abiliin', role: 'processor', sector: 'consulting', country: 'LV' };
const cloud: Recipient = { name: 'Blue Sky Hosting', role: 'processor', sector: 'hosting', country: 'US' };
const sister: Recipient = { name: 'JetCloud Baltics', role: 'group_company', sector: null, country: 'LT' };
const fraudWatch: Recipient = { name: 'Pettusevaht', role: 'controller', sector: 'fraud-prevention', country: 'EE' };
const taxOffice: Recipient = { name: 'Tax board', role: 'authority', sector: null, country: 'EE' };

function register(story: Story): void {
  story.order('account_updated', contract, { orderId: null, customerType: 'business' });
  story.rights('consent_given', [], { evidence: 'registration' }).marketing('sent', 'email', notice);
}

function buy(story: Story): void {
  story.newOrder().order('placed', contract).share(fraudWatch, fraudCheck).order('paid', payment);
  story.share(sister, contract).days(0, 3).order('delivered', contract);
}

function use(story: Story, months: number): void {
  for (let i = 0; i < months; i++) {
    story.days(10, 35).marketing('measured', 'web', improvement);
    if (story.random.chance(0.3)) story.marketing('displayed', 'web', features);
    if (story.random.chance(0.3)) story.marketing('sent', 'email', notice);
    if (story.random.chance(0.2)) story.order('other', assistance, { orderId: null }).share(helpdesk, assistance);
    if (story.random.chance(0.2)) story.marketing('surveyed', 'email', survey);
    if (story.random.chance(0.1)) {
      story.share(cloud, improvement, { safeguard: 'standard_contractual_clauses' });
    }
  }
}

function member(story: Story): void {
  register(story);
  buy(story);
  use(story, story.random.int(1, 6));
  if (story.random.chance(0.1)) story.share(taxOffice, authorityAnswer, { recipientUse: 'legal_duty' });
  if (story.random.chance(0.3)) story.request('rectification', 1, 20).order('account_updated', contract);
}

function subscriber(story: Story): void {
  register(story);
  story.rights('consent_given', ['marketing']);
  for (let i = story.random.int(2, 8); i > 0; i--) story.days(10, 30).marketing('sent', 'email', newsletter);
  story.rights('consent_withdrawn', ['marketing']);
  use(story, 2);
}

function leaver(story: Story): void {
  register(story);
  use(story, story.random.int(1, 3));
  story.rights('consent_withdrawn').request('erasure', 1, 25).rights('data_erased');
}

const faults: readonly Fault[] = [
  fault('consent-missing', (story) => {
    register(story);
    use(story, 1);
    story.marketing('sent', 'email', newsletter);
  }),
  fault('consent-withdrawn', (story) => {
    register(story);
    use(story, 2);
    story.rights('consent_withdrawn').days(1, 9).marketing('surveyed', 'email', survey);
  }),
  fault('basis-undeclared', (story) => {
    register(story);
    story.marketing('measured', 'web', { ...improvement, legalBasis: 'legitimate_interests' });
  }),
  fault('undertaking-missing', (story) => {
    register(story);
    story.share(helpdesk, assistance, { undertakings: ['processing_agreement'] });
  }),
  fault('category-undeclared', (story) => {
    register(story);
    buy(story);
    story.marketing('surveyed', 'email', { ...survey, dataCategories: ['payment-information', 'email'] });
  }),
  fault('restriction-ignored', (story) => {
    register(story);
    story.rights('restriction_started').days(1, 9).marketing('sent', 'email', notice);
  }),
  fault('judgement-required', (story) => {
    register(story);
    const justification = 'Notice of a breach that the person has to know of';
    story.rights('restriction_started').days(1, 9).marketing('sent', 'email', notice, { justification });
    story.days(1, 9).rights('restriction_lifted');
  }),
  fault('transfer-not-permitted', (story) => {
    register(story);
    story.share({ ...helpdesk, name: 'Helpline Pune', country: 'IN' }, assistance);
  }),
  fault('purpose-undeclared', (story) => {
    register(story);
    story.marketing('profiled', 'web', { ...improvement, purpose: 'resale' });
  }),
];

export const jetcards: Controller = { id: 'jetcards', tales: [member, member, subscriber, leaver], faults };
