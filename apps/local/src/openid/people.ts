import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { writeSecretFile } from '../stack/kept-secret.js';

/** Somebody who can log in on this machine. */
export interface SamplePerson {
  /** What they log in as; also their subject. */
  readonly login: string;
  readonly name: string;
  /** As claims of their tokens. */
  readonly roles: readonly string[];
  readonly controllers: readonly string[];
}

/** The first is the one that `npm start` suggests. */
export const PEOPLE: readonly [SamplePerson, ...SamplePerson[]] = [
  { login: 'officer', name: 'Olga Officer', roles: ['officer'], controllers: ['*'] },
  { login: 'viewer', name: 'Vidar Viewer', roles: ['dashboard'], controllers: ['jetpak', 'jetcards'] },
  { login: 'investigator', name: 'Ine Investigator', roles: ['investigator'], controllers: ['*'] },
  { login: 'admin', name: 'Aksel Admin', roles: ['admin'], controllers: ['*'] },
  { login: 'janus', name: 'Jorunn of Janus', roles: ['officer'], controllers: ['janus'] },
];

/** Without those that are mistaken for each other. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 3;
const GROUP_LETTERS = 4;

/**
 * The people's passwords by login; made once (59 bits each) and kept in a file for the user's eyes only, a line each.
 */
export function keptPasswords(file: string): Record<string, string> {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const kept = new Map(lines.map((line) => line.split(/\s+/) as [string, string]));
  const all = PEOPLE.map(({ login }) => [login, kept.get(login) ?? newPassword()] as const);
  if (all.some(([login]) => !kept.has(login))) {
    writeSecretFile(file, all.map(([login, password]) => `${login} ${password}\n`).join(''));
  }
  return Object.fromEntries(all);
}

/** To be typed by hand: `k7qd-m2xp-9fhr`. */
function newPassword(): string {
  const letter = () => LETTERS[randomInt(LETTERS.length)];
  const group = () => Array.from({ length: GROUP_LETTERS }, letter).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}
