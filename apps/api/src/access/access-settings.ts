import type { SettingsReader } from '#libs/service';

/** By whom people and programs are known, and how their sessions are kept. */
export interface AccessSettings {
  /** The OpenID provider. */
  readonly issuer: URL;
  /** Whom access tokens must be for. */
  readonly audience: string;
  readonly clientId: string;
  /** null: a public client, with PKCE alone. */
  readonly clientSecret: string | null;
  /** What the page's login asks for, separated by spaces. */
  readonly scope: string;
  /** 32 bytes each; the first seals, all open. */
  readonly sessionKeys: readonly Uint8Array[];
  /** Origin at which people reach the page. */
  readonly publicUrl: URL;
  /** Claims that carry the roles and the controllers. */
  readonly rolesClaim: string;
  readonly controllersClaim: string;
}

const KEY_BYTES = 32;
const SCOPE = 'openid profile';
/** What makes no sense without a provider. */
const OF_PROVIDER = ['OIDC_AUDIENCE', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'];
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The settings of access; null: no provider is set, and there is no access. Faults are noted with the reader. */
export function accessSettings(from: SettingsReader): AccessSettings | null {
  const issuerText = from.text('OIDC_ISSUER');
  if (issuerText === null) {
    const [alone] = OF_PROVIDER.filter((name) => from.text(name) !== null);
    if (alone !== undefined) from.fault(`OIDC_ISSUER is not set, but ${alone} is: give the OpenID provider's issuer.`);
    return null;
  }
  const clientId = from.required('OIDC_CLIENT_ID', "give the page's client id at the OpenID provider");
  const audience = from.required('OIDC_AUDIENCE', 'give the audience (`aud`) that access tokens for the api carry');
  if (audience !== '' && audience === clientId) {
    // An ID token, which many programs may see, would pass as an access token.
    from.fault('OIDC_AUDIENCE is the same as OIDC_CLIENT_ID: give the api an audience of its own.');
  }
  return {
    issuer: secureUrl(from, 'OIDC_ISSUER', issuerText),
    audience,
    clientId,
    clientSecret: from.text('OIDC_CLIENT_SECRET'),
    scope: scope(from),
    sessionKeys: sessionKeys(from),
    publicUrl: publicUrl(from),
    rolesClaim: from.text('OIDC_ROLES_CLAIM') ?? 'hjemmel_roles',
    controllersClaim: from.text('OIDC_CONTROLLERS_CLAIM') ?? 'hjemmel_controllers',
  };
}

function scope(from: SettingsReader): string {
  const text = from.text('OIDC_SCOPE') ?? SCOPE;
  if (!text.split(/\s+/).includes('openid')) from.fault('OIDC_SCOPE must contain openid.');
  return text;
}

function sessionKeys(from: SettingsReader): Uint8Array[] {
  const meaning = 'give 32 bytes in base64 (`hjemmel key session` makes them), or NEW,OLD';
  const text = from.required('HJEMMEL_SESSION_KEY', meaning);
  const keys = from.list('HJEMMEL_SESSION_KEY').map((key) => Buffer.from(key, 'base64'));
  if (text !== '' && (keys.length === 0 || keys.some((key) => key.length !== KEY_BYTES))) {
    from.fault('HJEMMEL_SESSION_KEY: is not 32 bytes in base64 (`hjemmel key session` makes them), or NEW,OLD.');
  }
  return keys.map((key) => new Uint8Array(key));
}

function publicUrl(from: SettingsReader): URL {
  const name = 'HJEMMEL_PUBLIC_URL';
  const text = from.required(name, 'give the URL at which people reach the page, such as https://hjemmel.example.com');
  const url = secureUrl(from, name, text);
  if (url.href !== `${url.origin}/` || url.username !== '') {
    from.fault(`${name} must be a URL without user, path and query, such as https://hjemmel.example.com.`);
  }
  return url;
}

/** A URL over https; over http to this machine alone, as tokens and cookies go there. */
function secureUrl(from: SettingsReader, name: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (text !== '' && (url === null || !/^https?:$/.test(url.protocol))) {
    from.fault(`${name} is no http:// or https:// URL.`);
  } else if (url?.protocol === 'http:' && !isLoopback(url)) {
    from.fault(`${name} must begin with https://; http:// is for this machine (127.0.0.1, localhost) alone.`);
  }
  return url ?? new URL('http://localhost');
}

/** Whether a URL leads to this machine. */
export function isLoopback({ hostname }: URL): boolean {
  return LOOPBACK.test(hostname);
}
