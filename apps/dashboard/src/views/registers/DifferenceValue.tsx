import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../format/use-format.js';
import { oneOf } from '../../search/read.js';
import { useWords } from '../../ui/use-words.js';
import { FIELDS, isBlank, stepInto, type Step } from './difference.js';
import styles from './registers.module.css';

/** What a step is called in the person's language. */
export function useStepWords(): (step: Step) => string {
  const { t } = useTranslation('registers');
  const words = useWords();
  return ({ kind, id }) => {
    switch (kind) {
      case 'field': {
        const field = oneOf(id, FIELDS);
        return field === undefined ? id : t(`field.${field}`);
      }
      case 'basis':
        // One that is declared again for other circumstances is numbered: `consent (2)`.
        return id.replace(/^\S+/, words.basis);
      case 'category':
        return words.sentence(words.category(id));
      default:
        return id;
    }
  };
}

interface DifferenceValueProps {
  /** Where it stands. */
  place: readonly Step[];
  value: unknown;
}

/** What stands at a place of a register: a text, a list, or fields by their names. */
export function DifferenceValue({ place, value }: DifferenceValueProps): ReactNode {
  const { t } = useTranslation('common');
  const step = useStepWords();
  const word = useValueWords(place);
  if (isBlank(value)) return <span className="muted">{t('none')}</span>;
  if (Array.isArray(value)) {
    return (
      <ul className={styles.values}>
        {value.map((item: unknown) => (
          <li key={String(item)}>{word(item)}</li>
        ))}
      </ul>
    );
  }
  if (typeof value !== 'object' || value === null) return word(value);
  return (
    <dl className={styles.fields}>
      {(Object.entries(value) as [string, unknown][])
        .filter(([, part]) => !isBlank(part) && part !== false)
        .map(([key, part]) => {
          const inner = stepInto(place, key);
          return (
            <div key={key}>
              <dt className="muted">{step(inner)}</dt>
              <dd>
                <DifferenceValue place={[...place, inner]} value={part} />
              </dd>
            </div>
          );
        })}
    </dl>
  );
}

const CODES = ['clause', 'dpv', 'lines', 'relationship'];
const TEXTS = ['summary', 'assumption', 'conditions', 'condition'];

/** A single value, by the field that it stands in. */
function useValueWords(place: readonly Step[]): (value: unknown) => ReactNode {
  const { t } = useTranslation('common');
  const format = useFormat();
  const words = useWords();
  const last = place.at(-1);
  return (value) => {
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
    const text = String(value);
    if (last?.kind === 'document' || last?.kind === 'category') return <span className="mono">{text}</span>;
    const field = last?.id ?? '';
    if (CODES.includes(field) || place[0]?.id === 'statements') return <span className="mono">{text}</span>;
    if (TEXTS.includes(field)) return <span lang="en">{text}</span>;
    switch (field) {
      case 'keep':
      case 'within':
        return format.period(text);
      case 'from':
        return place[0]?.id === 'inForce' ? format.longDay(text) : words.retentionStart(text);
      case 'roles':
        return words.role(text);
      case 'sectors':
      case 'exceptSectors':
        return words.sector(text);
      case 'uses':
        return words.use(text);
      case 'undertakings':
        return words.undertaking(text);
      case 'permitted':
        return words.safeguard(text);
      default:
        return text;
    }
  };
}
