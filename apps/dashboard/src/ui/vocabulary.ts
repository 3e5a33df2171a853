/** The ids of registers and events that have names in the catalogue; a register of a newer version may have others. */
export const CATEGORIES = [
  'name',
  'postal-address',
  'email',
  'phone',
  'national-id',
  'date-of-birth',
  'demographics',
  'company-details',
  'account-username',
  'account-password',
  'order-history',
  'invoice-details',
  'payment-information',
  'payment-card',
  'marketing-preferences',
  'site-preferences',
  'correspondence',
  'communication-notes',
  'form-answers',
  'uploaded-media',
  'user-content',
  'browsing-behaviour',
  'cookie-identifiers',
  'ip-address',
  'device-information',
  'location',
  'purchase-habits',
  'shipment-details',
  'social-profile',
  'job-application',
  'business-contact',
] as const;

export const SECTORS = [
  'transport',
  'payment',
  'analytics',
  'advertising',
  'social-media',
  'surveys',
  'mailing',
  'hosting',
  'address-updates',
  'insurance',
  'banking',
  'credit-reporting',
  'fraud-prevention',
  'consulting',
] as const;

export const RECIPIENT_ROLES = [
  'processor',
  'controller',
  'joint_controller',
  'group_company',
  'authority',
  'acquirer',
] as const;

export const RECIPIENT_USES = ['on_behalf', 'own_purposes', 'own_marketing', 'legal_duty'] as const;

export const UNDERTAKINGS = ['confidentiality', 'processing_agreement'] as const;

/** Grounds of a transfer out of the EEA. */
export const SAFEGUARDS = [
  'none',
  'adequacy_decision',
  'standard_contractual_clauses',
  'binding_corporate_rules',
  'explicit_consent',
] as const;

/** From when retention counts. */
export const RETENTION_STARTS = ['collection', 'end-of-collection-year', 'contract-end'] as const;
