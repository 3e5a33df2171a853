import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { DeclaredPurpose, DeclaredRecipient, Finding, Reason } from '../../api/types.js';
import { AssumptionBadge, Badge } from '../../ui/Badge.js';
import { useWords } from '../../ui/use-words.js';
import { Basis } from '../../ui/Values.js';
import { keepings } from '../registers/declared.js';
import type { Aspect } from './aspects.js';
import styles from './comparison.module.css';

interface DeclaredProps {
  finding: Finding;
  aspect: Aspect;
  reasons: readonly Reason[];
}

/** What the register says of one aspect of the purpose; where it says nothing of the purpose, what it was held against. */
export function Declared({ finding, aspect, reasons }: DeclaredProps): ReactNode {
  const { t } = useTranslation('findings');
  const { declared } = finding;
  if (aspect === 'other' || declared === null) {
    const clauses = reasons.flatMap(({ clauseText }) => clauseText ?? []);
    if (clauses.length > 0) {
      return clauses.map(({ id, summary }, index) => (
        <p key={`${id} ${index}`} lang="en">
          {summary}
        </p>
      ));
    }
    return <p className="muted">{t(finding.register === null ? 'noRegister' : 'nothingDeclared')}</p>;
  }
  switch (aspect) {
    case 'purpose':
      return <Purpose declared={declared} />;
    case 'basis':
      return <Bases declared={declared} />;
    case 'categories':
      return <Categories declared={declared} />;
    case 'retention':
      return <Periods declared={declared} />;
    case 'recipients':
      return <Recipients declared={declared} />;
  }
}

function Purpose({ declared }: { declared: DeclaredPurpose }): ReactNode {
  const { t } = useTranslation('terms');
  return (
    <p className="cluster">
      <code className="mono">{declared.id}</code>
      {declared.directMarketing && <Badge>{t('directMarketing')}</Badge>}
    </p>
  );
}

function Bases({ declared }: { declared: DeclaredPurpose }): ReactNode {
  const { t } = useTranslation('findings');
  if (declared.bases.length === 0) return <p className="muted">{t('noBases')}</p>;
  return (
    <ul className={styles.list}>
      {declared.bases.map(({ basis, assumed, conditions }, index) => (
        <li key={index}>
          <span className="cluster">
            <Basis basis={basis} />
            {assumed && <AssumptionBadge />}
          </span>
          {conditions.map((condition) => (
            <p key={condition} className="muted small" lang="en">
              {condition}
            </p>
          ))}
        </li>
      ))}
    </ul>
  );
}

function Categories({ declared }: { declared: DeclaredPurpose }): ReactNode {
  const { t } = useTranslation('findings');
  const words = useWords();
  if (declared.categories.length === 0) return <p className="muted">{t('noCategories')}</p>;
  const plain = declared.categories.filter(({ condition, assumed }) => condition === null && !assumed);
  return (
    <ul className={styles.list}>
      {plain.length > 0 && <li>{words.list(plain.map(({ category }) => words.category(category)))}</li>}
      {declared.categories
        .filter((category) => !plain.includes(category))
        .map(({ category, condition, assumed }) => (
          <li key={category}>
            <span className="cluster">
              {words.category(category)}
              {assumed && <AssumptionBadge />}
            </span>
            {condition !== null && (
              <p className="muted small" lang="en">
                {condition}
              </p>
            )}
          </li>
        ))}
    </ul>
  );
}

function Periods({ declared: { retention } }: { declared: DeclaredPurpose }): ReactNode {
  const { t } = useTranslation('findings');
  const words = useWords();
  const all = keepings(retention);
  if (all.length === 0) return <p className="muted">{t('noRetention')}</p>;
  return (
    <ul className={styles.list}>
      {all.map(({ whose, retention: period }) => (
        <li key={whose}>
          {whose !== null && <span className="muted">{t(`kept.${whose}`)} </span>}
          {words.retention(period)} {period.assumed && <AssumptionBadge />}
        </li>
      ))}
    </ul>
  );
}

function Recipients({ declared: { recipients } }: { declared: DeclaredPurpose }): ReactNode {
  const { t } = useTranslation('findings');
  if (recipients.length === 0) return <p className="muted">{t('noRecipients')}</p>;
  return (
    <ul className={styles.list}>
      {recipients.map((recipient) => (
        <li key={recipient.id}>
          <code className="mono">{recipient.id}</code>
          <Terms recipient={recipient} />
        </li>
      ))}
    </ul>
  );
}

/** Who counts as this recipient, what for, and what it must undertake. */
function Terms({ recipient }: { recipient: DeclaredRecipient }): ReactNode {
  const { t } = useTranslation('findings');
  const words = useWords();
  const { names, roles, sectors, uses, undertakings } = recipient;
  const parts = [
    names === null ? null : words.list(names),
    roles === null ? null : words.list(roles.map(words.role)),
    sectors === null ? null : t('sectors', { sectors: words.list(sectors.map(words.sector)) }),
    uses === null ? null : words.list(uses.map(words.use)),
    undertakings.length === 0
      ? null
      : t('undertakes', { undertakings: words.list(undertakings.map(words.undertaking)) }),
  ];
  return <p className="muted small">{parts.filter((part) => part !== null).join(' · ')}</p>;
}
