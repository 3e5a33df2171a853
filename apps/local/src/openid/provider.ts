import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Provider } from 'oidc-provider';
import type { Configuration, KoaContextWithOIDC } from 'oidc-provider';
import type { OpenIdConfig } from './config.js';
import { contentPolicy, faultPage, loginPage, logoutPage } from './pages.js';

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;
/** Seconds that an access token holds. */
const TOKEN_S = HOUR_S;
const ALGORITHM = 'RS256';
/** What is told of people, in tokens. */
const CLAIMS = { openid: ['sub', 'hjemmel_roles', 'hjemmel_controllers'], profile: ['name'] };
const SCOPE = 'openid profile';
/** Characters of a login form. */
const FORM_LIMIT = 2_000;

type Context = Parameters<Parameters<Provider['use']>[0]>[0];

/**
 * The OpenID provider of `npm start`: sample people log in with passwords, programs with a secret. What it remembers it
 * remembers in memory.
 *
 * @param issuer its own address
 */
export function makeProvider(issuer: string, config: OpenIdConfig): Provider {
  const provider = new Provider(issuer, configuration(config));
  provider.use(async (context, next) => {
    const { path, method } = context;
    if (path === '/health/live' || path === '/health/ready') context.body = { status: 'ok' };
    else if (!path.startsWith('/interaction/')) await next();
    else if (method === 'POST') await takeLogin(provider, context, config);
    else if (method === 'GET') await askForLogin(provider, context, config);
    else context.status = 405;
  });
  return provider;
}

function configuration(config: OpenIdConfig): Configuration {
  const { people, audience, page, program, pageUrl } = config;
  const show = (context: Context, body: string): void => showPage(context, body, config);
  return {
    clients: [
      {
        client_id: page.id,
        client_secret: page.secret,
        client_name: 'Hjemmel',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        redirect_uris: [new URL('/auth/callback', pageUrl).href],
        post_logout_redirect_uris: [new URL('/', pageUrl).href],
      },
      {
        client_id: program.id,
        client_secret: program.secret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
      },
    ],
    jwks: { keys: [config.signingKey] },
    // Other programs of this machine may have cookies of the standard names: a cookie does not know of ports.
    cookies: {
      keys: [config.cookieKey],
      names: { session: 'hjemmel-local-login', interaction: 'hjemmel-local-form', resume: 'hjemmel-local-resume' },
    },
    claims: CLAIMS,
    scopes: ['openid'],
    // Into the ID token, where the api looks.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    ttl: {
      AccessToken: TOKEN_S,
      ClientCredentials: TOKEN_S,
      IdToken: TOKEN_S,
      Interaction: HOUR_S,
      Grant: DAY_S,
      Session: DAY_S,
    },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount(_, login) {
      const person = people.find((one) => one.login === login);
      if (person === undefined) return undefined;
      const { name, roles, controllers } = person;
      const claims = { sub: login, name, hjemmel_roles: roles, hjemmel_controllers: controllers };
      return { accountId: login, claims: () => claims };
    },
    /** Nobody is asked whether Hjemmel may know who they are. */
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({ clientId: oidc.client?.clientId, accountId: oidc.session?.accountId });
      grant.addOIDCScope(SCOPE);
      grant.addResourceScope(audience, '');
      await grant.save();
      return grant;
    },
    extraTokenClaims(_, token) {
      const person = token.kind === 'AccessToken' ? people.find(({ login }) => login === token.accountId) : undefined;
      const { name, roles, controllers } = person ?? { name: program.id, roles: ['officer'], controllers: ['*'] };
      return { name, hjemmel_roles: roles, hjemmel_controllers: controllers };
    },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience,
          accessTokenTTL: TOKEN_S,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: ALGORITHM } },
        }),
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (context, form) => show(context, logoutPage(form)),
        postLogoutSuccessSource: (context) => context.redirect(pageUrl),
      },
    },
    renderError: (context, { error_description: description, error }) =>
      show(context, faultPage(description ?? error, pageUrl)),
  };
}

async function askForLogin(provider: Provider, context: Context, config: OpenIdConfig): Promise<void> {
  if (!(await isUnderWay(provider, context))) return showEnded(context, config);
  showLogin(context, config, null);
}

async function takeLogin(provider: Provider, context: Context, config: OpenIdConfig): Promise<void> {
  if (!(await isUnderWay(provider, context))) return showEnded(context, config);
  const form = new URLSearchParams(await readForm(context.req));
  const login = form.get('login')?.trim() ?? '';
  const person = config.people.find((one) => one.login === login);
  if (!isSame(form.get('password')?.trim() ?? '', person?.password ?? '') || person === undefined) {
    context.status = 401;
    return showLogin(context, config, login);
  }
  // It answers by itself.
  context.respond = false;
  await provider.interactionFinished(
    context.req,
    context.res,
    { login: { accountId: login } },
    { mergeWithLastSubmission: false },
  );
}

/** Whether this browser has a login under way; not after a restart, or when it took too long. */
async function isUnderWay(provider: Provider, { req, res }: Context): Promise<boolean> {
  return provider.interactionDetails(req, res).then(
    () => true,
    () => false,
  );
}

function showLogin(context: Context, config: OpenIdConfig, failed: string | null): void {
  const logins = config.people.map(({ login }) => login);
  showPage(context, loginPage(logins, config.peopleFile, failed), config);
}

function showEnded(context: Context, config: OpenIdConfig): void {
  context.status = 400;
  showPage(context, faultPage('It has ended, or was begun in another browser.', config.pageUrl), config);
}

function showPage(context: Context | KoaContextWithOIDC, body: string, { pageUrl }: OpenIdConfig): void {
  const { status } = context;
  context.set({
    'content-security-policy': contentPolicy(pageUrl),
    'cache-control': 'no-store',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  });
  context.type = 'html';
  context.body = body;
  if (status !== 404) context.status = status;
}

async function readForm(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part as string;
    if (text.length > FORM_LIMIT) return '';
  }
  return text;
}

/** Whether a password is the expected one, in a time that tells nothing of it. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => hash('sha256', text, 'buffer');
  return timingSafeEqual(digest(given), digest(expected));
}
