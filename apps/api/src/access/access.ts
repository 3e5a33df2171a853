import type { Logger } from 'pino';
import type { AccessSettings } from './access-settings.js';
import { Cookie } from './cookies.js';
import { IdentityProvider } from './identity-provider.js';

/** Injection token of {@link Access}; null where the settings name no provider. */
export const ACCESS = Symbol('access');

/** What it takes to know who asks. */
export interface Access {
  readonly settings: AccessSettings;
  readonly provider: IdentityProvider;
  /** Holds a person's session. */
  readonly sessions: Cookie;
  /** Holds what a login under way is to be held against. */
  readonly logins: Cookie;
}

export function accessOf(settings: AccessSettings, log: Logger): Access {
  const secure = settings.publicUrl.protocol === 'https:';
  return {
    settings,
    provider: new IdentityProvider(settings, log),
    sessions: new Cookie('hjemmel-session', secure),
    logins: new Cookie('hjemmel-login', secure),
  };
}
