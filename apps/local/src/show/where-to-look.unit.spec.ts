import { expect, test } from '@jest/globals';
import type { LocalAccess } from '../openid/local-access.js';
import { sameForAll } from '../service-specs.js';
import { whereToLook } from './where-to-look.js';

const running = (access: Partial<LocalAccess>) =>
  whereToLook({
    servers: sameForAll('k:1', 'mongodb://m:2/hjemmel'),
    services: { urls: { api: 'http://a', notary: 'http://n', 'openid-provider': 'http://o' } },
    access: {
      api: { HJEMMEL_PUBLIC_URL: 'http://127.0.0.1:8080' },
      commands: {},
      people: null,
      provider: { name: 'openid-provider', app: 'openid-provider', env: {} },
      ...access,
    },
    logUrl: 'http://a/log',
    dir: '/data',
  });

test('the page comes first, with whom to log in as; the others’ passwords are not shown', () => {
  const [olga, vidar, aksel] = ['olga', 'vidar', 'aksel'].map((login) => {
    return { login, name: login, roles: [], controllers: [], password: `of-${login}` };
  });
  const people = [olga, vidar, aksel].filter((one) => one !== undefined);
  const lines = running({ people: { people, peopleFile: '/data/keys/people' } });
  expect(lines.slice(0, 2)).toEqual([
    'Page     http://127.0.0.1:8080   log in as olga with of-olga',
    'People   vidar, aksel can log in too   passwords are in /data/keys/people',
  ]);
  expect(lines.join('\n')).not.toMatch(/of-(vidar|aksel)/);
  expect(lines).toContain('Metrics  http://a, http://n   under /metrics and /health/ready; logs in /data/apps');
});

test('with an own provider nobody is suggested', () => {
  const lines = running({ provider: null });
  expect(lines[0]).toBe('Page     http://127.0.0.1:8080');
  expect(lines[1]).toMatch(/^The log/);
});
