import { join } from 'node:path';
import type { LocalAccess } from '../openid/local-access.js';
import type { Servers } from '../service-specs.js';
import type { Services } from '../services.js';
import { localFolder } from '../stack/paths.js';
import { TOPICS } from '../stack/topics.js';

/** What `npm start` runs. */
export interface Running {
  readonly servers: Servers;
  readonly services: Pick<Services, 'urls'>;
  readonly access: LocalAccess;
  readonly logUrl: string;
  /** Where its data lies. */
  readonly dir: string;
}

/** Where to go on from `npm start`, line by line; the page comes first, with whom to log in as. */
export function whereToLook({ servers, services: { urls }, access, logUrl, dir }: Running): string[] {
  const { host, pathname } = new URL(servers.mongoUris.api);
  const settings = join(dir, 'settings.env');
  const hjemmel = `${dir === join(localFolder, 'data') ? '' : `HJEMMEL_LOCAL_SETTINGS=${settings} `}npm run -s hjemmel --`;
  const withMetrics = Object.entries(urls).flatMap(([name, url]) => (name === access.provider?.name ? [] : [url]));
  return [
    ...page(access),
    `The log  ${logUrl}/checkpoint   for anybody, signed; its key is beside it under /key`,
    `Kafka    ${servers.kafkaBrokers}   topics ${TOPICS.join(', ')}`,
    `MongoDB  ${host}${pathname}   who may log in, and how, is in ${settings}`,
    `Metrics  ${withMetrics.join(', ')}   under /metrics and /health/ready; logs in ${join(dir, 'apps')}`,
    `Prove the whole trail:        ${hjemmel} verify`,
    `Take evidence of one entry:   ${hjemmel} proof 0`,
    `Ask the api as a program:     curl -H "authorization: Bearer $(${hjemmel} token)" ${urls['api']}/api/v1/me`,
    `Check events of your own:     ${hjemmel} check --help`,
    'Read a register, by clauses:  registers/jetpak.yaml',
    'Ctrl-C stops everything; the data is kept for the next start',
  ];
}

function page({ api, people }: LocalAccess): string[] {
  const address = `Page     ${api['HJEMMEL_PUBLIC_URL']}`;
  if (people === null) return [address];
  const [first, ...others] = people.people;
  return [
    `${address}   log in as ${first?.login} with ${first?.password}`,
    `People   ${others.map(({ login }) => login).join(', ')} can log in too   passwords are in ${people.peopleFile}`,
  ];
}
