import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { packageFile } from './package-file.js';

/** The shared vocabulary of `libs/register/data/vocabulary.yaml`: ids that registers and events use, mapped to DPV. */
export interface Vocabulary {
  readonly categories: ReadonlyMap<string, Term>;
  readonly sectors: ReadonlyMap<string, Term>;
  readonly legalBases: ReadonlyMap<string, Term>;
  readonly roles: ReadonlyMap<string, Term>;
}

export interface Term {
  readonly label: string;
  /** IRI of W3C DPV 2.3, prefixed (`pd:Name`); null where DPV has none. */
  readonly dpv: string | null;
}

/** Namespaces of the prefixes that registers use. https://w3id.org/dpv/2.3 */
const PREFIXES: Readonly<Record<string, string>> = {
  dpv: 'https://w3id.org/dpv#',
  'eu-gdpr': 'https://w3id.org/dpv/legal/eu/gdpr#',
  pd: 'https://w3id.org/dpv/pd#',
};

/** Writes a prefixed DPV IRI out in full. @throws RangeError for an unknown prefix */
export function expandIri(prefixed: string): string {
  const [prefix = '', name = ''] = prefixed.split(':', 2);
  const namespace = PREFIXES[prefix];
  if (namespace === undefined) throw new RangeError(`\`${prefixed}\` has none of the prefixes dpv, eu-gdpr, pd`);
  return namespace + name;
}

let loaded: Vocabulary | undefined;

export function loadVocabulary(): Vocabulary {
  if (loaded === undefined) {
    const raw = parse(readFileSync(packageFile('libs', 'register', 'data', 'vocabulary.yaml'), 'utf8')) as Record<
      string,
      Record<string, { label: string; dpv?: string | null }>
    >;
    const terms = (section: string): ReadonlyMap<string, Term> =>
      new Map(
        Object.entries(raw[section] ?? {}).map(([id, term]) => [id, { label: term.label, dpv: term.dpv ?? null }]),
      );
    loaded = {
      categories: terms('categories'),
      sectors: terms('sectors'),
      legalBases: terms('legalBases'),
      roles: terms('roles'),
    };
  }
  return loaded;
}
